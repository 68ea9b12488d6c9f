using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An identity provider that is not named by its ARN.</summary>
internal sealed class FederatedPrincipalFormat : Rule
{
    public override Check Check { get; } = new("federated-principal-format", Severity.Error, "an identity provider that is not named by its ARN")
    {
        Why = "A provider is named by the ARN of its entry in IAM, or is one of four hosts that need none. A URL is refused.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "Federated": "https://token.actions.githubusercontent.com" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": { "StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" } }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.Principal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Principal?.Values ?? []).Where(v => v.Type == PrincipalType.Federated))
        {
            var text = value.Text;
            if (Hosts.Contains(text) || text.Contains("${", StringComparison.Ordinal) || Glob.HasWildcard(text))
            {
                continue;
            }

            if (!ArnText.TryParse(text, out var arn))
            {
                var url = text.Contains("://", StringComparison.Ordinal) ? text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..] : text;
                report.At(value.Span, $"`{text}` is no identity provider: {(url == text ? "a provider is named by its ARN" : "this is its URL")}",
                    $"write `arn:aws:iam::ACCOUNT:oidc-provider/{url.TrimEnd('/')}` with your account id");
            }
            else if (arn.Service != "iam" || arn.Account.Length != 12 || !arn.Account.All(char.IsAsciiDigit)
                || !(arn.Resource.StartsWith("oidc-provider/", StringComparison.Ordinal) || arn.Resource.StartsWith("saml-provider/", StringComparison.Ordinal)))
            {
                report.At(value.Span, $"`{text}` is not the ARN of an identity provider", "expected `arn:aws:iam::ACCOUNT:oidc-provider/HOST` or `arn:aws:iam::ACCOUNT:saml-provider/NAME`, with a 12-digit account id");
            }
        }
    }

    /// <summary>The providers that need no entry in IAM.</summary>
    internal static readonly string[] Hosts = ["cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com"];
}
