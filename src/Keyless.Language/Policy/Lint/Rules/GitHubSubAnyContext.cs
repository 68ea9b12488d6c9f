using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A repository with every context.</summary>
internal sealed class GitHubSubAnyContext : Rule
{
    public override Check Check { get; } = new("github-sub-any-context", Severity.Medium, "a repository with every context")
    {
        Why = "Pull requests, every branch, every tag and every environment of the repository match. Whoever may push any branch, or open a pull request from within the repository, gets the role.",
        Bad = Example.GitHubSubject("StringLike", "repo:octo-org/site:*"),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:environment:production"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow && !s.PinsContext))
        {
            foreach (var (_, value, pattern) in statement.Live.Where(s => s.Pattern.NamesOneRepository && s.Pattern.ContextIsFree))
            {
                report.At(value, $"`sub` pattern `{value.Value}` admits every job of the repository: pull requests, any branch, any tag, any environment",
                    $"name the context: `repo:{pattern.Owner}/{pattern.Repository}:ref:refs/heads/main` or `repo:{pattern.Owner}/{pattern.Repository}:environment:NAME`");
            }

            if (statement.Subjects.IsEmpty && (statement.Pins("repository") || statement.Pins("repository_id")))
            {
                var test = statement.TestsOf("repository_id").Concat(statement.TestsOf("repository")).First();
                report.At(test.Key, "the repository is tested and nothing else: pull requests, any branch, any tag, any environment of it match",
                    $"also test `{statement.KeyFor("ref")}` or `{statement.KeyFor("environment")}`");
            }
        }
    }
}
