using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>Somebody else's action, named by a tag that its owner can move, in a job that may ask for ID tokens.</summary>
internal sealed class ActionUnpinned() : WorkflowRule("action-unpinned", Severity.Low)
{
    private static readonly string[] Trusted = ["actions", "github", "aws-actions"];

    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow) =>
        from job in workflow.Jobs.OfType<StepsJob>()
        where (job.Permissions ?? workflow.Permissions)?.GrantsIdToken == true
        from step in job.Steps.OfType<UsesStep>()
        where step.Action is ActionReference.InRepository action && !Trusted.Contains(action.Owner, StringComparer.OrdinalIgnoreCase) && !IsCommit(action.Ref)
        select Found(step.Source, step.Uses.Span, $"`{step.Uses.Text}` can change under its tag, and job `{job.Id}` may ask for ID tokens",
            "name the full commit, with the tag in a comment");

    private static bool IsCommit(string reference) => reference.Length == 40 && reference.All(char.IsAsciiHexDigit);
}
