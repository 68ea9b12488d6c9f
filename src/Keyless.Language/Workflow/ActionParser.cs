using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Language.Workflow;

/// <summary>An action as far as it can be read, and every problem.</summary>
public sealed record ActionParseResult(ActionFile? Action, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>Reads an <c>action.yml</c>. Keys that nobody knows are tolerated at its root, as GitHub's runner tolerates them.</summary>
public sealed class ActionParser
{
    private readonly SourceText _source;
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

    private ActionParser(SourceText source) => _source = source;

    public static ActionParseResult Parse(SourceText source)
    {
        var parser = new ActionParser(source);
        var read = YamlReader.Read(source, YamlOptions.ActionMetadata);
        parser._diagnostics.AddRange(read.Diagnostics);
        var action = read.Root is null ? null : parser.Action(read.Root);
        return new ActionParseResult(action, parser._diagnostics.ToImmutable());
    }

    private ActionFile? Action(Node root)
    {
        if (root is not MappingNode map)
        {
            return Refuse<ActionFile>(root, "an action's metadata is a mapping");
        }

        if (map["runs"] is not MappingNode runs)
        {
            return Refuse<ActionFile>(map["runs"] ?? root, "the action needs `runs` with `using`");
        }

        return Runs(runs) is not { } kind
            ? null
            : new ActionFile(_source, kind)
            {
                Name = Text(map["name"]),
                Inputs = [.. Members(map["inputs"]).Select(Input)],
                Outputs = [.. Members(map["outputs"]).Select(Output)],
            };
    }

    private ActionInput Input(Member member)
    {
        var map = member.Value as MappingNode;
        return new ActionInput(member.Name, member.Key.Span)
        {
            Required = Text(map?["required"]) is "true" or "True" or "TRUE",
            Default = map?["default"] is { } given ? new SchemaReader(_diagnostics).Read(given, ActionSchema.InputDefault) : null,
            DeprecationMessage = Text(map?["deprecationMessage"]),
        };
    }

    private ActionOutput Output(Member member) => new(
        member.Name,
        (member.Value as MappingNode)?["value"] is { } value ? new SchemaReader(_diagnostics).Read(value, ActionSchema.OutputValue) : null,
        member.Key.Span);

    private ActionRuns? Runs(MappingNode runs)
    {
        var kind = Text(runs["using"]) ?? "";
        if (kind.Equals("composite", StringComparison.OrdinalIgnoreCase))
        {
            if (runs["steps"] is not { } steps)
            {
                return Refuse<ActionRuns>(runs, "a composite action needs `steps`");
            }

            var read = new SchemaReader(_diagnostics).Read(steps, ActionSchema.CompositeSteps);
            return new ActionRuns.Composite(new StepReader(_source, _diagnostics).Read(read));
        }

        if (kind.Equals("docker", StringComparison.OrdinalIgnoreCase))
        {
            return Text(runs["image"]) is { } image ? new ActionRuns.Docker(image) : Refuse<ActionRuns>(runs, "a docker action needs an `image`");
        }

        if (!kind.StartsWith("node", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse<ActionRuns>(runs["using"] ?? runs, $"`using: {Excerpt.Of(kind)}` is no way to run an action", "expected one of `node20`, `node24`, `composite`, `docker`");
        }

        return Text(runs["main"]) is not { } main
            ? Refuse<ActionRuns>(runs, $"an action with `using: {kind}` needs `main`")
            : new ActionRuns.Node(kind, main)
            {
                Pre = Text(runs["pre"]),
                PreIf = If(runs["pre-if"]),
                Post = Text(runs["post"]),
                PostIf = If(runs["post-if"]),
            };
    }

    private Condition? If(Node? node) =>
        node is null ? null : Condition.Of(new SchemaReader(_diagnostics).Read(node, ActionSchema.PhaseIf), _source, node.Span);

    private static IEnumerable<Member> Members(Node? node) => (node as MappingNode)?.Members ?? [];

    private static string? Text(Node? node) => node is ScalarNode { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    private T? Refuse<T>(Node at, string message, string? help = null)
        where T : class
    {
        _diagnostics.Add(Diagnostic.Error("bad-action", _source, at.Span, message, help));
        return null;
    }
}
