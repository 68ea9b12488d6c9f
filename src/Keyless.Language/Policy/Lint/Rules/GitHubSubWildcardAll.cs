using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A subject pattern that leaves the owner free.</summary>
internal sealed class GitHubSubWildcardAll : Rule
{
    public override Check Check { get; } = new("github-sub-wildcard-all", Severity.Critical, "a subject pattern that leaves the owner free")
    {
        Why = "The first part of the subject names the owner of the repository. When a wildcard stands there, repositories of any owner match: creating one takes a stranger a minute.",
        Bad = Example.GitHubSubject("StringLike", "repo:*:ref:refs/heads/main"),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/*"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => !s.PinsIds && !s.Pins("repository")))
        {
            foreach (var (_, value, pattern) in statement.Live)
            {
                if (pattern is { IsRepository: true, OwnerPinned: Pinned.Free, RepositoryPinned: Pinned.Free })
                {
                    report.At(value, $"`sub` pattern `{value.Value}` lets every repository on GitHub assume this role",
                        "name the owner and the repository, for example `repo:octo-org/site:ref:refs/heads/main`");
                }
            }
        }
    }
}
