using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Language.Workflow;

/// <summary>The triggers of a workflow out of what the schema read, and what the schema cannot say about them.</summary>
internal sealed class OnReader(SourceText source, ImmutableArray<Diagnostic>.Builder diagnostics)
{
    private const int MaxDispatchInputs = 25;

    public readonly record struct Result(ImmutableArray<Trigger> Triggers, ImmutableArray<InputDefinition> DispatchInputs, CallInterface? Call);

    public Result Read(Template? on)
    {
        switch (on)
        {
            case Template.Literal or Template.List:
                var words = WorkflowParser.Words(on);
                return new Result([.. words.Select(w => new Trigger(w.Text, w.Span))], [], words.Any(w => w.Text == "workflow_call") ? new CallInterface([], [], []) : null);
            case Template.Map map:
                var entries = map.Entries.Where(e => e.Key is Template.Literal).ToList();
                var triggers = entries.Select(e => Trigger(e.Key.LiteralText!, e.Key.Span, e.Value)).ToImmutableArray();
                var dispatch = entries.Where(e => e.Key.LiteralText == "workflow_dispatch").Select(e => e.Value["inputs"]).FirstOrDefault();
                var call = entries.Where(e => e.Key.LiteralText == "workflow_call").Select(e => Call(e.Value)).FirstOrDefault();
                return new Result(triggers, Dispatch(dispatch), call);
            default:
                return new Result([], [], null);
        }
    }

    private Trigger Trigger(string name, SourceSpan span, Template options)
    {
        if (name == "workflow_run" && options is Template.Map && options["workflows"] is null)
        {
            Report("missing-property", options.Span, "`workflow_run` needs the key `workflows`", "list the names of the workflows to follow");
        }

        return new Trigger(name, span)
        {
            Types = options["types"] is { } types ? [.. WorkflowParser.Words(types).Select(w => w.Text)] : default,
            Branches = Filter(options, "branches"),
            Tags = Filter(options, "tags"),
            Paths = Filter(options, "paths"),
            Workflows = [.. WorkflowParser.Words(options["workflows"]).Select(w => w.Text)],
            Schedules = name == "schedule" ? [.. ((options as Template.List)?.Items ?? []).Where(i => i["cron"] is not null).Select(Time)] : [],
        };
    }

    private PatternFilter? Filter(Template options, string key)
    {
        var (select, ignore) = (options[key], options[key + "-ignore"]);
        if (select is not null && ignore is not null)
        {
            Report("filter-conflict", ignore.Span, $"`{key}` and `{key}-ignore` cannot stand together for one event", $"use `{key}` alone, with `!` before what to leave out");
        }

        var chosen = select ?? ignore;
        var words = WorkflowParser.Words(chosen);
        if (select is not null && !words.IsEmpty && words.All(w => w.Text.StartsWith('!')))
        {
            diagnostics.Add(new Diagnostic("filter-only-negative", Severity.Warning, source, select.Span, $"every pattern of `{key}` begins with `!`, so nothing is selected")
            {
                Help = $"add `'**'` as the first pattern, or use `{key}-ignore`",
            });
        }

        return chosen is null ? null : new PatternFilter([.. words.Select(w => new FilterPattern(w.Text))], Ignores: select is null);
    }

    private Schedule Time(Template item)
    {
        var cron = item["cron"]!;
        var text = cron.LiteralText ?? "";
        if (text.Length > 0 && Cron.Check(text) is { } problem)
        {
            Report("bad-cron", cron.Span, $"`{Excerpt.Of(text)}` is no schedule: {problem}", "five fields: minute, hour, day of month, month, day of week; as in `30 5 * * 1-5`");
        }
        else if (text.Length > 0 && Cron.ShortestDistance(text) is < 5 and var minutes)
        {
            diagnostics.Add(new Diagnostic("cron-too-often", Severity.Warning, source, cron.Span, $"`{text}` comes every {(minutes == 1 ? "minute" : $"{minutes} minutes")}, but GitHub runs schedules at most every 5 minutes"));
        }

        return new Schedule(text, item["timezone"]?.LiteralText, item.Span);
    }

    private ImmutableArray<InputDefinition> Dispatch(Template? inputs)
    {
        var read = Inputs(inputs);
        if (read.Length > MaxDispatchInputs)
        {
            diagnostics.Add(new Diagnostic("too-many-inputs", Severity.Warning, source, read[MaxDispatchInputs].Span, $"`workflow_dispatch` has {read.Length} inputs; at most {MaxDispatchInputs} are shown"));
        }

        return read;
    }

    private ImmutableArray<InputDefinition> Inputs(Template? inputs)
    {
        var read = ImmutableArray.CreateBuilder<InputDefinition>();
        foreach (var (key, value) in (inputs as Template.Map)?.Entries ?? [])
        {
            if (key.LiteralText is not { Length: > 0 } name)
            {
                continue;
            }

            var input = new InputDefinition(name, value["type"]?.LiteralText is { Length: > 0 } type ? type : "string", key.Span)
            {
                Description = value["description"]?.LiteralText,
                Required = value["required"]?.LiteralText == "true",
                Default = value["default"],
                Options = [.. WorkflowParser.Words(value["options"]).Select(w => w.Text)],
                DeprecationMessage = value["deprecationMessage"]?.LiteralText,
            };
            if (input.Type == "choice" && input.Options.IsEmpty)
            {
                Report("missing-property", value.Span, $"the input `{name}` is a choice, but has no `options`");
            }
            else if (input is { Type: "choice", Default: { LiteralText: { } chosen } place } && !input.Options.Contains(chosen))
            {
                Report("unexpected-value", place.Span, $"the default `{Excerpt.Of(chosen)}` of the input `{name}` is none of its options", $"expected one of {string.Join(", ", input.Options.Select(o => $"`{o}`"))}");
            }

            read.Add(input);
        }

        return read.ToImmutable();
    }

    private CallInterface Call(Template call)
    {
        var secrets = ((call["secrets"] as Template.Map)?.Entries ?? []).Where(e => e.Key is Template.Literal)
            .Select(e => new SecretDefinition(e.Key.LiteralText!, e.Value["required"]?.LiteralText == "true", e.Key.Span));
        var outputs = ((call["outputs"] as Template.Map)?.Entries ?? []).Where(e => e.Key is Template.Literal && e.Value["value"] is not null)
            .Select(e => new OutputDefinition(e.Key.LiteralText!, e.Value["value"]!, e.Key.Span));
        return new CallInterface(Inputs(call["inputs"]), [.. secrets], [.. outputs]);
    }

    private void Report(string id, SourceSpan span, string message, string? help = null) =>
        diagnostics.Add(Diagnostic.Error(id, source, span, message, help));
}
