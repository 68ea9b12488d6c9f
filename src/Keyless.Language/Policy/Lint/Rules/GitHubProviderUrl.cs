using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Knowledge;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A provider URL that is not GitHub's issuer.</summary>
internal sealed class GitHubProviderUrl : Rule
{
    public override Check Check { get; } = new("github-provider-url", Severity.Error, "a provider URL that is not GitHub's issuer")
    {
        Why = "The provider's URL has to equal the issuer in the token. With a scheme, a slash at the end, a port or another host no token of GitHub ever belongs to it.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": { "StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" } }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.OidcProvider,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Principal?.Values ?? []).Where(v => v.Type == PrincipalType.Federated))
        {
            if (GitHubStatement.ProviderOf(value.Text) is { } url && Mistake(url) is { } mistake)
            {
                var right = value.Text[..^url.Length] + ProviderKey.GitHubHost;
                report.At(new Located<string>(value.Text, value.Span), $"the provider `{url}` {mistake}", $"write `{right}`", fix: right);
            }
        }
    }

    /// <summary>What is wrong with a URL that is meant to be GitHub's; null when nothing is, or when it is some other issuer.</summary>
    internal static string? Mistake(string url)
    {
        var bare = url.Contains("://", StringComparison.Ordinal) ? url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..] : url;
        var host = bare.Split('/', ':')[0];
        var near = host.Contains("github", StringComparison.OrdinalIgnoreCase) && Suggest.Nearest(host, [ProviderKey.GitHubHost]) is not null;
        if (!near && host is not ("github.com" or "api.github.com" or "vstoken.actions.githubusercontent.com"))
        {
            return null;
        }

        return host != ProviderKey.GitHubHost
            ? bare.StartsWith("github.com/enterprises/", StringComparison.Ordinal) ? null : $"is not GitHub's issuer `{ProviderKey.GitHubHost}`"
            : bare != url ? "has a scheme; condition keys and ARNs carry the URL without it"
            : bare.Contains(':', StringComparison.Ordinal) ? "has a port; GitHub's issuer has none"
            : bare.EndsWith('/') ? "ends in a slash; the issuer in the token does not"
            : bare.StartsWith($"{ProviderKey.GitHubHost}/_", StringComparison.Ordinal) || bare.StartsWith($"{ProviderKey.GitHubHost}/.well-known", StringComparison.Ordinal) ? "has a path; the issuer in the token does not"
            : null;
    }
}
