using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>Text around <c>${{ }}</c> makes the whole condition a text, which is true whatever the expression says.</summary>
internal sealed class ConditionAlwaysTrue() : WorkflowRule("condition-always-true", Severity.Warning)
{
    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow) =>
        from condition in workflow.Jobs.Select(j => j.If).Concat(workflow.Jobs.OfType<StepsJob>().SelectMany(j => j.Steps).Select(s => s.If))
        where condition.Written is Template.Dynamic { IsMixed: true }
        select Found(condition.Source, condition.Span, "this condition is always true: with anything outside `${{ }}`, even a blank, it is a text and no longer an expression",
            "remove `${{` and `}}`, and write the whole condition as one expression");
}
