using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard inside the repository's name.</summary>
internal sealed class GitHubSubRepoPrefix : Rule
{
    public override Check Check { get; } = new("github-sub-repo-prefix", Severity.High, "a wildcard inside the repository's name")
    {
        Why = "A star that follows the repository's name without a colon also matches longer names: `site*` is true for `site-sandbox`. Most often the colon was forgotten.",
        Bad = Example.GitHubSubject("StringLike", "repo:octo-org/site*"),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/release-*"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => !s.Pins("repository") && !s.Pins("repository_id")))
        {
            foreach (var (_, value, pattern) in statement.Live)
            {
                if (pattern is { IsRepository: true, RepositoryPinned: Pinned.Partly })
                {
                    var example = pattern.Repository.Replace("*", "-sandbox", StringComparison.Ordinal).Replace('?', 'x');
                    report.At(value, $"the wildcard in `{pattern.Repository}` stands inside the repository's name: `{example}` matches too",
                        $"end the name with a colon: `repo:{pattern.Owner}/{pattern.Repository.TrimEnd('*', '?')}:` and then the ref or environment");
                }
            }
        }
    }
}
