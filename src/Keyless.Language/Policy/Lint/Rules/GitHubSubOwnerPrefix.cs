using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard inside the owner's name.</summary>
internal sealed class GitHubSubOwnerPrefix : Rule
{
    public override Check Check { get; } = new("github-sub-owner-prefix", Severity.Critical, "a wildcard inside the owner's name")
    {
        Why = "A wildcard before the first slash also matches other owners: `octo-org*` is true for `octo-org-evil`, a name that anybody may register.",
        Bad = Example.GitHubSubject("StringLike", "repo:octo-org*"),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/release-*"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => !s.PinsIds && !s.Pins("repository")))
        {
            foreach (var (_, value, pattern) in statement.Live.Where(s => s.Pattern is { IsRepository: true, OwnerPinned: Pinned.Partly }))
            {
                var example = pattern.Owner.Replace("*", "evil", StringComparison.Ordinal).Replace('?', 'x');
                report.At(value, $"the wildcard in `{pattern.Owner}` stands inside the owner's name: an owner such as `{example}` matches, and anybody can register it",
                    $"end the owner with `/`: `repo:{pattern.Owner.TrimEnd('*', '?')}/REPO:ref:refs/heads/main`");
            }
        }
    }
}
