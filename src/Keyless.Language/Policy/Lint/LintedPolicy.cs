using Keyless.Language.Policy.Conditions;
using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Prove;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint;

/// <summary>A policy as the rules look at it: as much as could be read, with operators and keys looked up once.</summary>
/// <param name="provable">The policy when it is whole, so that proofs about it mean something; null otherwise.</param>
internal sealed class LintedPolicy(PolicyDocument document, Node root, PolicyKind kind, LintOptions options, PolicyDocument? provable)
{
    private ImmutableArray<GitHubStatement> _gitHubStatements;
    private PolicyProofs? _proofs;

    public PolicyDocument Document => document;

    public PolicyKind Kind => kind;

    public Node Root => root;

    /// <summary>Whether the document has no error of structure; of one that has, nobody can say what it decides.</summary>
    public bool IsWhole => provable is not null;

    /// <summary>What can be proved about the policy; null when it is broken, or when proofs are not wanted.</summary>
    public PolicyProofs? Proofs => _proofs ??= provable is null || options.StatesPerProof == 0 ? null : new PolicyProofs(provable, options.StatesPerProof);

    public LintOptions Options => options;

    public SourceText Source => document.Source;

    public ImmutableArray<LintedStatement> Statements { get; } = [.. document.Statements.Select(s => new LintedStatement(s))];

    /// <summary>The statements of a trust policy that speak about GitHub's tokens.</summary>
    public ImmutableArray<GitHubStatement> GitHubStatements => _gitHubStatements.IsDefault
        ? _gitHubStatements = [.. Statements.Select(s => s.GitHub).OfType<GitHubStatement>()]
        : _gitHubStatements;

    /// <summary>The statements as written, for checks of what did not make it into the document.</summary>
    public IEnumerable<MappingNode> StatementNodes => (root as MappingNode)?["Statement"] switch
    {
        SequenceNode list => list.Items.OfType<MappingNode>(),
        MappingNode one => [one],
        _ => [],
    };

    /// <summary>Policies that say what their own principal may do.</summary>
    public bool IsIdentity => kind is PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session;

    /// <summary>Policies that only take away: their Allow grants nothing.</summary>
    public bool OnlyLimits => kind is PolicyKind.Boundary or PolicyKind.Session or PolicyKind.ServiceControl or PolicyKind.ResourceControl or PolicyKind.Endpoint;

    /// <summary>The place of the document itself: its opening brace, so that a marker stays on one line.</summary>
    public SourceSpan Start => new(document.Span.Start, Math.Min(1, document.Span.Length));
}

/// <summary>A statement with its conditions looked up.</summary>
internal sealed class LintedStatement
{
    private readonly Lazy<GitHubStatement?> _gitHub;
    private readonly Lazy<(Test Test, string Reason)?> _contradiction;
    private readonly Lazy<string?> _emptiness;

    public LintedStatement(Statement written)
    {
        Statement = written;
        Tests = [.. written.Conditions.Select(c => new Test(c))];
        _gitHub = new Lazy<GitHubStatement?>(() => GitHubStatement.Of(this), LazyThreadSafetyMode.None);
        _contradiction = new Lazy<(Test Test, string Reason)?>(() => Lint.Contradiction.In(this), LazyThreadSafetyMode.None);
        _emptiness = new Lazy<string?>(() => Lint.Emptiness.Reason(this), LazyThreadSafetyMode.None);
    }

    /// <summary>What it says about GitHub's tokens; null when nothing.</summary>
    public GitHubStatement? GitHub => _gitHub.Value;

    /// <summary>Two tests that exclude each other, if any do.</summary>
    public (Test Test, string Reason)? Contradiction => _contradiction.Value;

    /// <summary>Why it applies to no request, if that is plain.</summary>
    public string? Emptiness => _emptiness.Value;

    public Statement Statement { get; }

    public int Index => Statement.Index;

    public bool IsAllow => Statement.Effect.Value == Effect.Allow;

    public ActionElement Action => Statement.Action;

    public ResourceElement? Resource => Statement.Resource;

    public PrincipalElement? Principal => Statement.Principal;

    public ImmutableArray<Test> Tests { get; }

    /// <summary>How messages name it.</summary>
    public string Title => Statement.Sid is { Value.Length: > 0 } sid ? $"statement `{sid.Value}`" : $"statement {Statement.Index + 1}";

    /// <summary>A place for what is missing: the statement's opening brace.</summary>
    public SourceSpan Start => new(Statement.Span.Start, Math.Min(1, Statement.Span.Length));

    /// <summary>Whether some action pattern admits an action.</summary>
    public bool Admits(string action) =>
        Statement.Action.Patterns.Any(p => Patterns.Glob.IsMatch(p.Value, action, ignoreCase: true)) != Statement.Action.Negated;

    /// <summary>Whether a test beside others makes sure that a key is there.</summary>
    public bool RequiresKey(string key) => Tests.Any(t => t.Names(key) && t.RequiresKey);
}

/// <summary>One key under one operator.</summary>
internal sealed class Test(Condition condition)
{
    public Condition Condition => condition;

    public Located<string> Key => condition.Key;

    public ImmutableArray<Located<string>> Values => condition.Values;

    /// <summary>Null when there is no such operator.</summary>
    public OperatorName? Operator { get; } = OperatorName.Parse(condition.Operator.Value);

    /// <summary>Null when the key is not in the tables.</summary>
    public ConditionKey? KnownKey { get; } = ConditionKeys.Find(condition.Key.Value);

    /// <summary>The host of an identity provider and the claim, for keys such as <c>token.actions.githubusercontent.com:sub</c>.</summary>
    public ProviderKey? Provider { get; } = ProviderKey.Parse(condition.Key.Value);

    /// <summary>Whether the test fails for a request without the key.</summary>
    public bool RequiresKey => Operator is { } op && (op.Family == OperatorFamily.Null ? op.Set == SetOperator.None && Values.All(v => v.Value.Equals("false", StringComparison.OrdinalIgnoreCase)) : op.RequiresKey);

    public bool Names(string key) => condition.Key.Value.Equals(key, StringComparison.OrdinalIgnoreCase);
}
