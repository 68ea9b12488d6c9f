using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A reusable workflow at a ref that moves.</summary>
internal sealed class GitHubJobWorkflowUnpinned : Rule
{
    public override Check Check { get; } = new("github-job-workflow-unpinned", Severity.Medium, "a reusable workflow at a ref that moves")
    {
        Why = "A branch, or a pattern of refs, follows whoever can move it. What the reusable workflow does with the role can change without a change to this policy.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main"
              },
              "StringLike": { "token.actions.githubusercontent.com:job_workflow_ref": "octo-org/ci/.github/workflows/deploy.yml@*" }
            }
            """),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main",
                "token.actions.githubusercontent.com:job_workflow_ref": "octo-org/ci/.github/workflows/deploy.yml@refs/tags/v3"
              }
            }
            """),
        Source = Pages.GitHubReusable,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow))
        {
            var direct = statement.TestsOf("job_workflow_ref").Where(t => t.Operator is { Negated: false, Family: OperatorFamily.String })
                .SelectMany(t => t.Values.Select(v => (Value: v, Text: v.Value, Wild: t.Operator!.HasWildcards)));
            var inSubjects = statement.Admitted.Where(s => s.Value.Value.Contains("job_workflow_ref:", StringComparison.Ordinal))
                .Select(s => (s.Value, Text: s.Value.Value[(s.Value.Value.IndexOf("job_workflow_ref:", StringComparison.Ordinal) + "job_workflow_ref:".Length)..], Wild: s.Pattern.HasWildcards));
            foreach (var (value, text, wild) in direct.Concat(inSubjects))
            {
                var at = text.IndexOf('@', StringComparison.Ordinal);
                var reference = at < 0 ? text : text[(at + 1)..];
                if (reference.StartsWith("refs/heads/", StringComparison.Ordinal))
                {
                    report.At(value, $"the reusable workflow is trusted at the branch `{reference["refs/heads/".Length..]}`: whoever may push to it changes what runs with this role", Help);
                }
                else if (wild && Glob.HasWildcard(reference) && !reference.StartsWith("refs/tags/", StringComparison.Ordinal))
                {
                    report.At(value, $"`{reference}` leaves the ref of the reusable workflow open: any branch of its repository will do", Help);
                }
            }
        }
    }

    private const string Help = "name a tag that a ruleset protects, `...@refs/tags/v3`, or a full commit id";
}
