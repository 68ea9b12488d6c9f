using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow.Lint.Rules;

namespace Keyless.Language.Workflow.Lint;

/// <summary>Something that GitHub would accept and the author would regret. One rule a file.</summary>
public abstract class WorkflowRule(string id, Severity severity)
{
    /// <summary>Stable, kebab-case.</summary>
    public string Id { get; } = id;

    public Severity Severity { get; } = severity;

    public abstract IEnumerable<Diagnostic> Check(WorkflowFile workflow);

    protected Diagnostic Found(SourceText source, SourceSpan span, string message, string? help = null) =>
        new(Id, Severity, source, span, message) { Help = help };
}

/// <summary>Looks at a workflow that parsed well for what is legal and wrong.</summary>
public static class WorkflowLinter
{
    /// <summary>Every rule, one row each.</summary>
    public static readonly ImmutableArray<WorkflowRule> Rules =
    [
        new IdTokenMissing(),
        new IdTokenWide(),
        new ActionUnpinned(),
        new ActionTypo(),
        new UntrustedInput(),
        new ConditionAlwaysTrue(),
        new UnknownStep(),
        new UnknownNeed(),
        new UnknownMatrixKey(),
        new UnknownInput(),
        new UnknownContextKey(),
    ];

    public static ImmutableArray<Diagnostic> Check(WorkflowFile workflow) =>
        [.. Rules.SelectMany(r => r.Check(workflow)).OrderBy(d => d.Span.Start)];
}
