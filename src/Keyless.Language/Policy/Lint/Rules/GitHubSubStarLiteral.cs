using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard that is compared literally.</summary>
internal sealed class GitHubSubStarLiteral : Rule
{
    public override Check Check { get; } = new("github-sub-star-literal", Severity.Warning, "a wildcard that is compared literally")
    {
        Why = "`StringEquals` knows no wildcards: the star must occur in the token, and it never does, so the statement matches no token. The tempting way out, to drop the condition, opens the role to everybody.",
        Bad = Example.GitHubSubject("StringEquals", "repo:octo-org/site:*"),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/release-*"),
        Source = Pages.StringOperators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (test, value, _) in GitHubStatement.Of(policy).SelectMany(s => s.Subjects))
        {
            if (test.Operator!.IsStringEquals && Glob.HasWildcard(value.Value))
            {
                var like = test.Operator.Negated ? "StringNotLike" : "StringLike";
                report.At(value, $"`{test.Condition.Operator.Value}` takes the wildcard in `{value.Value}` literally: no token matches",
                    $"move it under `{like}`, and narrow it to the ref or environment that you mean");
            }
        }
    }
}
