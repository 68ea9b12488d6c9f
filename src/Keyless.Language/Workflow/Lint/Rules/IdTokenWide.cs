using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>Every job may ask for ID tokens though only one does: any dependency of the others could, too.</summary>
internal sealed class IdTokenWide() : WorkflowRule("id-token-wide", Severity.Low)
{
    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow)
    {
        var inheriting = workflow.Jobs.Where(j => j.Permissions is null).ToList();
        if (workflow.Permissions is { GrantsIdToken: true } permissions && inheriting.Count > 1)
        {
            yield return Found(workflow.Source, permissions.Span, $"`id-token: write` at the top lets all {inheriting.Count} jobs ask for ID tokens, and whatever code they run",
                "give it only to the job that needs it, under that job's own `permissions`");
        }
    }
}
