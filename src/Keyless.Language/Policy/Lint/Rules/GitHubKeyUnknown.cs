using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A claim that GitHub's tokens do not have.</summary>
internal sealed class GitHubKeyUnknown : Rule
{
    public override Check Check { get; } = new("github-key-unknown", Severity.High, "a claim that GitHub's tokens do not have")
    {
        Why = "No token has the claim, so the key is never there. A positive test never holds, so an Allow grants nothing; a negated test, `IfExists` and `ForAllValues` always hold, so they restrict nothing.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:subject": "repo:octo-org/site:ref:refs/heads/main"
              }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.OidcKeys,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            if (test.Provider is not { IsGitHub: true } key || key.Claim.ToLowerInvariant() is "amr" or "email" or "oaud" || ClaimCatalogue.Find(key.Claim.ToLowerInvariant()) is not null)
            {
                continue;
            }

            var testable = ClaimCatalogue.All.Where(c => c.AwsTestable && c.Name != "azp").Select(c => c.Name).ToList();
            var near = key.Claim.Equals("subject", StringComparison.OrdinalIgnoreCase) ? "sub"
                : key.Claim.Equals("audience", StringComparison.OrdinalIgnoreCase) ? "aud" : Suggest.Nearest(key.Claim, testable);
            report.At(test.Key, $"GitHub's tokens have no claim `{key.Claim}`: {AbsentKey.Effect(statement, test)}",
                near is null ? $"expected one of {string.Join(", ", testable.Select(c => $"`{c}`"))}" : $"did you mean `{key.Provider}:{near}`?",
                fix: near is null ? null : $"{key.Provider}:{near}");
        }
    }
}
