using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>A job assumes a role with its ID token, but may not ask for one. GitHub Docs, "Configuring OpenID Connect in Amazon Web Services".</summary>
internal sealed class IdTokenMissing() : WorkflowRule("id-token-missing", Severity.Warning)
{
    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow)
    {
        // A called workflow gets what its caller has: nothing is known about it here.
        var isCalled = workflow.Call is not null;
        foreach (var job in workflow.Jobs.OfType<StepsJob>())
        {
            var permissions = job.Permissions ?? workflow.Permissions;
            if (permissions?.GrantsIdToken == true || (permissions is null && isCalled))
            {
                continue;
            }

            foreach (var step in job.Steps.OfType<UsesStep>().Where(AssumesRoleByToken))
            {
                yield return Found(step.Source, step.Uses.Span, $"this action assumes a role with the job's ID token, but job `{job.Id}` may not ask for one",
                    job.Permissions is null && workflow.Permissions is not null ? "add `id-token: write` to the workflow's `permissions`, or to `permissions` of this job together with `contents: read`"
                    : permissions is null ? $"add `permissions:` with `id-token: write` and `contents: read` to job `{job.Id}`"
                    : $"add `id-token: write` to the permissions of job `{job.Id}`");
            }
        }
    }

    private static bool AssumesRoleByToken(UsesStep step) =>
        step.Action is ActionReference.InRepository action && action.FullName.Equals("aws-actions/configure-aws-credentials", StringComparison.OrdinalIgnoreCase)
        && step.With is Template.Map with && with["role-to-assume"] is not null && with["aws-access-key-id"] is null && with["web-identity-token-file"] is null;
}
