using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard for the audience.</summary>
internal sealed class GitHubAudWildcard : Rule
{
    public override Check Check { get; } = new("github-aud-wildcard", Severity.Medium, "a wildcard for the audience")
    {
        Why = "A pattern that many audiences match is hardly a test: tokens made for other relying parties pass as well.",
        Bad = Example.GitHub("""
            {
              "StringLike": {
                "token.actions.githubusercontent.com:aud": "*",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/release-*"
              }
            }
            """),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/release-*"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow).SelectMany(s => s.TestsOf("aud")))
        {
            foreach (var value in test.Values.Where(v => test.Operator is { HasWildcards: true, Negated: false } && Glob.HasWildcard(v.Value)))
            {
                report.At(value, $"the audience pattern `{value.Value}` admits tokens that were made for others", "test it with `StringEquals` and `sts.amazonaws.com`");
            }
        }
    }
}
