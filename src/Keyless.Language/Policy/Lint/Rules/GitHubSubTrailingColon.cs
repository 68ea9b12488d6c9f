using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A subject that ends in a colon.</summary>
internal sealed class GitHubSubTrailingColon : Rule
{
    public override Check Check { get; } = new("github-sub-trailing-colon", Severity.Warning, "a subject that ends in a colon")
    {
        Why = "No token's subject ends in a colon, so the value matches nothing; and once somebody adds the missing star it matches every context of the repository.",
        Bad = Example.GitHubSubject("StringEquals", "repo:octo-org/site:"),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:environment:production"),
        Source = Pages.GitHubSubject,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (_, value, pattern) in GitHubStatement.Of(policy).SelectMany(s => s.Subjects))
        {
            if (pattern.IsRepository && value.Value.EndsWith(':'))
            {
                report.At(value, $"`{value.Value}` ends in a colon: no token has such a subject",
                    "say which jobs are meant: `ref:refs/heads/main`, `environment:NAME` or `pull_request` belongs behind the colon");
            }
        }
    }
}
