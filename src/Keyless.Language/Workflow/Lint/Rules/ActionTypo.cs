using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>A name one slip away from a well-known action's: at best missing, at worst somebody's trap.</summary>
internal sealed class ActionTypo() : WorkflowRule("action-typo", Severity.Warning)
{
    private static readonly string[] Known =
    [
        "actions/checkout", "actions/cache", "actions/setup-node", "actions/setup-python", "actions/setup-java", "actions/setup-go", "actions/setup-dotnet",
        "actions/upload-artifact", "actions/download-artifact", "actions/github-script", "actions/configure-pages", "actions/upload-pages-artifact",
        "actions/deploy-pages", "actions/attest-build-provenance", "actions/create-github-app-token", "actions/labeler", "actions/stale",
        "aws-actions/configure-aws-credentials", "aws-actions/amazon-ecr-login", "aws-actions/amazon-ecs-deploy-task-definition",
        "aws-actions/amazon-ecs-render-task-definition", "aws-actions/aws-cloudformation-github-deploy", "aws-actions/setup-sam",
        "docker/login-action", "docker/build-push-action", "docker/metadata-action", "docker/setup-buildx-action", "docker/setup-qemu-action",
        "github/codeql-action", "hashicorp/setup-terraform", "ruby/setup-ruby", "pnpm/action-setup", "astral-sh/setup-uv", "gradle/actions",
        "golangci/golangci-lint-action", "codecov/codecov-action", "softprops/action-gh-release", "peter-evans/create-pull-request",
    ];

    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow)
    {
        foreach (var step in workflow.Jobs.OfType<StepsJob>().SelectMany(j => j.Steps).OfType<UsesStep>())
        {
            if (step.Action is ActionReference.InRepository action && !Known.Contains(action.FullName, StringComparer.OrdinalIgnoreCase) && Suggest.Within(action.FullName, Known, 2) is { } near)
            {
                yield return Found(step.Source, step.Uses.Span, $"`{action.FullName}` is not `{near}`, but looks like it", $"did you mean `{near}@{action.Ref}`?");
            }
        }
    }
}
