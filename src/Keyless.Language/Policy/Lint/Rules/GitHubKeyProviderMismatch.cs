using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A key of another host than the statement's provider.</summary>
internal sealed class GitHubKeyProviderMismatch : Rule
{
    public override Check Check { get; } = new("github-key-provider-mismatch", Severity.High, "a key of another host than the statement's provider")
    {
        Why = "A claim's key starts with the provider's URL as its ARN has it, without scheme and without a slash at the end. Under any other prefix the key is never there.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubuser.com:aud": "sts.amazonaws.com",
                "token.actions.githubuser.com:sub": "repo:octo-org/site:ref:refs/heads/main"
              }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.OidcKeys,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(_ => policy.Kind == PolicyKind.Trust))
        {
            var providers = (statement.Principal?.Values ?? []).Select(v => GitHubStatement.ProviderOf(v.Text)).OfType<string>().ToList();
            foreach (var test in statement.Tests.Where(t => t.Provider is not null && providers.Count > 0))
            {
                var key = test.Provider!;
                // Where the provider itself is misspelt, that is the finding.
                if (key.IsGitHub && providers.Any(p => GitHubProviderUrl.Mistake(p) is not null))
                {
                    continue;
                }

                if (providers.Any(p => p.Equals(key.Provider, StringComparison.OrdinalIgnoreCase))
                    || !(key.IsGitHub || providers.Any(p => ProviderClaims.IsGitHub(p.ToLowerInvariant()))))
                {
                    continue;
                }

                report.At(test.Key, $"`{key.Provider}` is not the statement's provider `{providers[0]}`, so the key is never there: {AbsentKey.Effect(statement, test)}",
                    $"write `{providers[0]}:{key.Claim}`", fix: $"{providers[0]}:{key.Claim}");
            }
        }
    }
}
