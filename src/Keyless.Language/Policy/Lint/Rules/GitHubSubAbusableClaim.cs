using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A subject that starts with something anyone can choose.</summary>
internal sealed class GitHubSubAbusableClaim : Rule
{
    public override Check Check { get; } = new("github-sub-abusable-claim", Severity.Critical, "a subject that starts with something anyone can choose")
    {
        Why = "Every repository may customise the template of its subjects. A value that starts with `environment:`, `workflow:` or another claim that a stranger's repository can produce as well identifies nobody.",
        Bad = Example.GitHubSubject("StringEquals", "workflow:deploy"),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:environment:production"),
        Source = Pages.GitHubTemplates,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => !s.PinsIds && !s.Pins("repository")))
        {
            foreach (var (test, value, pattern) in statement.Admitted)
            {
                var literalStar = test.Operator!.IsStringEquals && Glob.HasWildcard(value.Value);
                var bare = pattern.FirstKey == "pull_request" && value.Value == "pull_request";
                if (literalStar || pattern.IsRepository || Identifying.Contains(pattern.FirstKey) || !(SubjectPattern.IsClaim(pattern.FirstKey) || bare))
                {
                    continue;
                }

                // Behind an exact value an exact identity still counts.
                if (!pattern.HasWildcards && Identifying.Append("repo").Any(key => value.Value.Contains($":{key}:", StringComparison.Ordinal)))
                {
                    continue;
                }

                report.At(value, $"`{value.Value}` starts with `{pattern.FirstKey}`, which any repository on GitHub can put first in its subject: strangers may assume this role",
                    "start the subject with `repo:OWNER/REPO` or `repository_id:ID`, or also test `repository_id` or `repository_owner_id`");
            }
        }
    }

    private static readonly string[] Identifying =
        ["repository_id", "repository", "repository_owner_id", "repository_owner", "enterprise", "enterprise_id", "workflow_ref"];
}
