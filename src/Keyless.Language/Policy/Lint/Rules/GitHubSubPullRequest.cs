using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Pull requests may assume the role.</summary>
internal sealed class GitHubSubPullRequest : Rule
{
    public override Check Check { get; } = new("github-sub-pull-request", Severity.Medium, "pull requests may assume the role")
    {
        Why = "The job runs the code of the pull request before anybody has reviewed it, and it runs with this role. The subject does not even say which branch it comes from.",
        Bad = Example.GitHubSubject("StringEquals", "repo:octo-org/site:pull_request"),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:environment:preview"),
        Source = Pages.GitHubSubject,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (_, value, pattern) in GitHubStatement.Of(policy).SelectMany(s => s.Live))
        {
            if (pattern is { IsRepository: true, ContextIsFree: false, Context: { } context } && Glob.IsMatch(context, "pull_request"))
            {
                report.At(value, $"`{value.Value}` admits pull-request jobs: code under review runs with this role",
                    "give pull requests a role of their own that can only read, or an environment with required reviewers");
            }
        }
    }
}
