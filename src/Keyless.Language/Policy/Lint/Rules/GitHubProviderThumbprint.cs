using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Pinned thumbprints of GitHub's certificate.</summary>
internal sealed class GitHubProviderThumbprint : Rule
{
    public override Check Check { get; } = new("github-provider-thumbprint", Severity.Info, "pinned thumbprints of GitHub's certificate")
    {
        Why = "AWS verifies GitHub's certificate against its own trust store, so thumbprints do nothing for this provider; and for other issuers a list that nobody renews breaks sign-in when the certificate changes.",
        Bad = Example.Template("""
            Resources:
              Provider:
                Type: AWS::IAM::OIDCProvider
                Properties:
                  Url: https://token.actions.githubusercontent.com
                  ClientIdList: [sts.amazonaws.com]
                  ThumbprintList: [6938fd4d98bab03faadb97b34396831e3780aea1]
            """),
        Good = Example.Template("""
            Resources:
              Provider:
                Type: AWS::IAM::OIDCProvider
                Properties:
                  Url: https://token.actions.githubusercontent.com
                  ClientIdList: [sts.amazonaws.com]
            """),
        Source = Pages.OidcProvider,
    };

    public override void Inspect(LintedTemplate template, Report report)
    {
        foreach (var provider in template.Providers.Where(p => ProviderClaims.IsGitHub(p.Url)))
        {
            if (provider.Thumbprints is { Items: [_, ..] } thumbprints)
            {
                report.At(thumbprints.Span, "AWS does not look at thumbprints of this provider", "leave `ThumbprintList` out");
            }
        }
    }
}
