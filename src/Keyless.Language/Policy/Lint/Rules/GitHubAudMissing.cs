using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>No test of the audience.</summary>
internal sealed class GitHubAudMissing : Rule
{
    public override Check Check { get; } = new("github-aud-missing", Severity.Medium, "no test of the audience")
    {
        Why = "The audience says for whom the token was made. Without a test the provider's list of client ids is the only guard, and a token that another relying party under the same provider was sent can be used here.",
        Bad = Example.GitHub("""
            { "StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" } }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow))
        {
            var tested = statement.Statement.Tests.Any(t => t.Provider?.Claim.Equals("aud", StringComparison.OrdinalIgnoreCase) == true && t.Operator is not { Negated: true });
            if (!tested)
            {
                report.At(statement.Principal?.Span ?? statement.Statement.Start, "nothing tests the token's audience",
                    $"add `\"StringEquals\": {{ \"{statement.KeyFor("aud")}\": \"sts.amazonaws.com\" }}`");
            }
        }
    }
}
