using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Any owner, one repository name.</summary>
internal sealed class GitHubSubOwnerWildcard : Rule
{
    public override Check Check { get; } = new("github-sub-owner-wildcard", Severity.Critical, "any owner, one repository name")
    {
        Why = "The owner is free and only the repository's name is given. Anyone can give a repository of theirs that name.",
        Bad = Example.GitHubSubject("StringLike", "repo:*/site:ref:refs/heads/main"),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => !s.PinsIds && !s.Pins("repository")))
        {
            foreach (var (_, value, pattern) in statement.Live)
            {
                if (pattern is { IsRepository: true, OwnerPinned: Pinned.Free } && pattern.RepositoryPinned != Pinned.Free)
                {
                    report.At(value, $"`sub` pattern `{value.Value}` lets a repository `{pattern.Repository}` of any owner assume this role: anybody can create one",
                        $"write the owner in place of `{pattern.Owner}`");
                }
            }
        }
    }
}
