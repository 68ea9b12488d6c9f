using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Trust in a workflow's display name.</summary>
internal sealed class GitHubWorkflowNameTrust : Rule
{
    public override Check Check { get; } = new("github-workflow-name-trust", Severity.Medium, "trust in a workflow's display name")
    {
        Why = "`workflow` is the `name:` of the workflow file, free text. Any file of the repository may carry that name.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main",
                "token.actions.githubusercontent.com:workflow": "deploy"
              }
            }
            """),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main",
                "token.actions.githubusercontent.com:job_workflow_ref": "octo-org/site/.github/workflows/deploy.yml@refs/tags/v3"
              }
            }
            """),
        Source = Pages.OidcKeys,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow).SelectMany(s => s.TestsOf("workflow")))
        {
            report.At(test.Key, "`workflow` is a display name: any workflow file may carry it", "test `job_workflow_ref`, which names the file and its ref");
        }
    }
}
