using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Every tag of the repository.</summary>
internal sealed class GitHubSubAnyTag : Rule
{
    public override Check Check { get; } = new("github-sub-any-tag", Severity.Medium, "every tag of the repository")
    {
        Why = "Whoever may push a tag may point it at any code and run that with the role. Tags are not protected unless a ruleset says so.",
        Bad = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/tags/*"),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/tags/release-*"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => !s.PinsContext))
        {
            foreach (var (_, value, pattern) in statement.Live.Where(s => s.Pattern.HasWildcards))
            {
                if (pattern is { ContextIsFree: false, Context: { } context } && Glob.Covers(context, "ref:refs/tags/*"))
                {
                    report.At(value, $"`{value.Value}` admits every tag: whoever may push one may assume this role",
                        "narrow it to a pattern that a tag ruleset protects, such as `ref:refs/tags/release-*`");
                }
            }
        }
    }
}
