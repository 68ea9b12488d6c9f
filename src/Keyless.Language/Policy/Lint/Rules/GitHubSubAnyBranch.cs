using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Every branch of the repository.</summary>
internal sealed class GitHubSubAnyBranch : Rule
{
    public override Check Check { get; } = new("github-sub-any-branch", Severity.Medium, "every branch of the repository")
    {
        Why = "Whoever may push a branch may run any code with the role. Branch protection of `main` does not help when other branches are admitted as well.",
        Bad = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/*"),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/release/*"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => !s.PinsContext))
        {
            foreach (var (_, value, pattern) in statement.Live.Where(s => s.Pattern.HasWildcards))
            {
                if (pattern is { ContextIsFree: false, Context: { } context } && Glob.Covers(context, "ref:refs/heads/*"))
                {
                    report.At(value, $"`{value.Value}` admits every branch: whoever may push one may assume this role",
                        "name the branch, or a pattern that a branch rule protects, such as `ref:refs/heads/release/*`");
                }
            }
        }
    }
}
