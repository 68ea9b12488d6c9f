using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Cases;

/// <summary>
/// Reads a request and its policies from JSON, in the form of the conformance corpus (<c>testdata/policy/README.md</c>), which is also
/// what <c>keyless policy eval</c> takes a line at a time.
/// </summary>
public sealed class RequestReader
{
    private static readonly string[] RequestMembers = ["action", "resource", "resourceAccount", "principalType", "principal", "context", "wildcardOnlyAction"];

    private static readonly string[] PrincipalTypes = ["aws", "service", "federated", "anonymous"];

    private static readonly string[] PolicyMembers = ["identity", "boundaries", "resource", "session", "scps", "rcps", "endpoints"];

    private readonly ImmutableArray<Diagnostic>.Builder _problems = ImmutableArray.CreateBuilder<Diagnostic>();

    /// <summary>What could not be read.</summary>
    public ImmutableArray<Diagnostic> Problems => _problems.ToImmutable();

    /// <summary>The <c>request</c> object; null when a member it needs is missing or wrong.</summary>
    public AccessRequest? Request(Node? node)
    {
        if (node is not MappingNode map)
        {
            return Wrong<AccessRequest>(node, "`request` must be an object with `action`, `resource` and `principalType`");
        }

        CheckMembers(map, RequestMembers);
        var action = Text(map, "action", required: true);
        var requester = Requester(map);
        var resource = Text(map, "resource", required: false) ?? "*";
        if (action is null || requester is null)
        {
            return null;
        }

        return new AccessRequest(action, resource, requester, Context(map["context"]))
        {
            ResourceAccount = Text(map, "resourceAccount", required: false),
            WildcardOnlyAction = map["wildcardOnlyAction"] is ScalarNode { Kind: ScalarKind.Boolean, Text: "true" },
        };
    }

    /// <summary>
    /// The <c>policies</c> object. Broken statements are left out and reported; with <paramref name="tolerant"/> what remains is
    /// used, as the corpus asks; otherwise a broken policy counts as one that allows nothing.
    /// </summary>
    public PolicySet Policies(Node? node, AccessRequest request, bool tolerant)
    {
        if (node is not MappingNode map)
        {
            return node is null ? new PolicySet() : Wrong<PolicySet>(node, "`policies` must be an object") ?? new PolicySet();
        }

        CheckMembers(map, PolicyMembers);
        var delegates = IsTrustQuestion(request);
        return new PolicySet
        {
            Identity = List(map, "identity", PolicyKind.Identity, tolerant),
            Boundaries = List(map, "boundaries", PolicyKind.Boundary, tolerant),
            Session = map["session"] is SequenceNode ? List(map, "session", PolicyKind.Session, tolerant)
                : map["session"] is { } session ? [Policy(session, PolicyKind.Session, tolerant, "session")] : [],
            Resource = map["resource"] is { } resource ? Policy(resource, IsTrust(request) ? PolicyKind.Trust : PolicyKind.Resource, tolerant, "resource") : null,
            ResourcePolicyDelegates = delegates,
            ServiceControl = Levels(map, "scps", PolicyKind.ServiceControl, tolerant),
            ResourceControl = Levels(map, "rcps", PolicyKind.ResourceControl, tolerant),
            Endpoints = List(map, "endpoints", PolicyKind.Endpoint, tolerant),
        };
    }

    /// <summary>A role's trust policy is what STS asks; a key's policy delegates likewise.</summary>
    private static bool IsTrustQuestion(AccessRequest request) => IsTrust(request) || request.Action.StartsWith("kms:", StringComparison.OrdinalIgnoreCase);

    private static bool IsTrust(AccessRequest request) =>
        request.Action.StartsWith("sts:", StringComparison.OrdinalIgnoreCase) && Arn.TryParse(request.Resource, out var arn) && arn.Resource.StartsWith("role/");

    private Requester? Requester(MappingNode map)
    {
        var principal = Text(map, "principal", required: false);
        var type = Text(map, "principalType", required: false) ?? (principal is null ? "anonymous" : "aws");
        switch (type)
        {
            case "anonymous":
                return new Requester.Anonymous();
            case "aws" or "service" or "federated" when principal is null:
                return Wrong<Requester>(map, $"a request of principalType `{type}` needs `principal`");
            case "aws":
                return new Requester.Aws(principal!);
            case "service":
                return new Requester.Service(principal!);
            case "federated":
                return new Requester.Federated(principal!);
            default:
                return Wrong<Requester>(map["principalType"], $"`{type}` is no principalType", $"expected one of {string.Join(", ", PrincipalTypes.Select(t => $"`{t}`"))}");
        }
    }

    private RequestContext Context(Node? node)
    {
        var context = new RequestContext();
        if (node is not MappingNode map)
        {
            _ = node is null ? context : Wrong<RequestContext>(node, "`context` must be an object of keys and values");
            return context;
        }

        foreach (var member in map.Members)
        {
            switch (member.Value)
            {
                case ScalarNode { Kind: not ScalarKind.Null } value:
                    context.With(member.Name, value.Text);
                    break;
                case SequenceNode list when list.Items.All(i => i is ScalarNode { Kind: not ScalarKind.Null }):
                    context.With(member.Name, [.. list.Items.Select(i => ((ScalarNode)i).Text)]);
                    break;
                case { } other:
                    Wrong<string>(other, $"the value of `{member.Name}` must be a string or an array of strings");
                    break;
            }
        }

        return context;
    }

    private ImmutableArray<ImmutableArray<CompiledPolicy>> Levels(MappingNode map, string name, PolicyKind kind, bool tolerant) => map[name] switch
    {
        null => [],
        SequenceNode levels => [.. levels.Items.Select((level, i) => Items(level, kind, tolerant, $"{name}[{i}]"))],
        { } other => Wrong<object>(other, $"`{name}` must be an array of levels, each an array of policies") is null ? [[CompiledPolicy.Nothing]] : [],
    };

    private ImmutableArray<CompiledPolicy> List(MappingNode map, string name, PolicyKind kind, bool tolerant) =>
        map[name] is { } node ? Items(node, kind, tolerant, name) : [];

    private ImmutableArray<CompiledPolicy> Items(Node node, PolicyKind kind, bool tolerant, string name) =>
        node is SequenceNode list ? [.. list.Items.Select((item, i) => Policy(item, kind, tolerant, $"{name}[{i}]"))] : [Policy(node, kind, tolerant, name)];

    private CompiledPolicy Policy(Node node, PolicyKind kind, bool tolerant, string name)
    {
        var parsed = PolicyParser.Parse(node, kind);
        if (!tolerant)
        {
            _problems.AddRange(parsed.Diagnostics.Where(d => d.Severity == Severity.Error));
        }

        var document = tolerant ? WithoutUnknownEffects(parsed) : parsed.Policy;
        return document is null ? CompiledPolicy.Nothing : CompiledPolicy.Compile(document, name);
    }

    /// <summary>A statement whose effect nobody can tell neither allows nor denies.</summary>
    private static PolicyDocument? WithoutUnknownEffects(PolicyParseResult parsed)
    {
        var places = parsed.Diagnostics.Where(d => d.Id is "effect-missing" or "effect-invalid" || (d.Id == "element-type" && d.Path?.EndsWith(".Effect", StringComparison.Ordinal) == true))
            .Select(d => d.Span.Start).ToList();
        return parsed.Partial is { } partial
            ? partial with { Statements = [.. partial.Statements.Where(s => !places.Exists(p => p >= s.Span.Start && p < s.Span.End))] }
            : null;
    }

    private string? Text(MappingNode map, string name, bool required) => map[name] switch
    {
        ScalarNode { Kind: ScalarKind.String } text => text.Text,
        null when !required => null,
        null => Wrong<string>(map, $"`{name}` is missing"),
        { } other => Wrong<string>(other, $"`{name}` must be a string"),
    };

    private void CheckMembers(MappingNode map, string[] known)
    {
        foreach (var member in map.Members.Where(m => !known.Contains(m.Name, StringComparer.Ordinal)))
        {
            var meant = Suggest.Nearest(member.Name, known);
            Wrong<string>(member.Key, $"`{member.Name}` is not known here", meant is null ? $"expected one of {string.Join(", ", known.Select(k => $"`{k}`"))}" : $"did you mean `{meant}`?");
        }
    }

    private T? Wrong<T>(Node? node, string message, string? help = null)
        where T : class
    {
        var source = node?.Source ?? new SourceText("<request>", "");
        _problems.Add(Diagnostic.Error("request-invalid", source, node is ScalarNode ? node.Span : new SourceSpan(node?.Span.Start ?? 0, node is null ? 0 : 1), message, help));
        return null;
    }
}
