using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A client id that no role tests.</summary>
internal sealed class GitHubProviderAudienceExtra : Rule
{
    public override Check Check { get; } = new("github-provider-audience-extra", Severity.Low, "a client id that no role tests")
    {
        Why = "Every client id is an audience that tokens may carry to get as far as a role's conditions. One that no role asks for only widens what is admitted.",
        Bad = Example.Template("""
            Resources:
              Provider:
                Type: AWS::IAM::OIDCProvider
                Properties:
                  Url: https://token.actions.githubusercontent.com
                  ClientIdList: [sts.amazonaws.com, https://github.com/octo-org]
              Role:
                Type: AWS::IAM::Role
                Properties:
                  AssumeRolePolicyDocument:
                    Version: "2012-10-17"
                    Statement:
                      - Effect: Allow
                        Principal:
                          Federated: !Ref Provider
                        Action: sts:AssumeRoleWithWebIdentity
                        Condition:
                          StringEquals:
                            token.actions.githubusercontent.com:aud: sts.amazonaws.com
                            token.actions.githubusercontent.com:sub: repo:octo-org/site:ref:refs/heads/main
            """),
        Good = Example.Template("""
            Resources:
              Provider:
                Type: AWS::IAM::OIDCProvider
                Properties:
                  Url: https://token.actions.githubusercontent.com
                  ClientIdList: [sts.amazonaws.com]
              Role:
                Type: AWS::IAM::Role
                Properties:
                  AssumeRolePolicyDocument:
                    Version: "2012-10-17"
                    Statement:
                      - Effect: Allow
                        Principal:
                          Federated: !Ref Provider
                        Action: sts:AssumeRoleWithWebIdentity
                        Condition:
                          StringEquals:
                            token.actions.githubusercontent.com:aud: sts.amazonaws.com
                            token.actions.githubusercontent.com:sub: repo:octo-org/site:ref:refs/heads/main
            """),
        Source = Pages.OidcProvider,
    };

    public override void Inspect(LintedTemplate template, Report report)
    {
        foreach (var provider in template.Providers.Where(p => ProviderClaims.IsGitHub(p.Url)))
        {
            var tested = template.Policies.SelectMany(p => p.GitHubStatements).Where(s => s.Principal?.Value == provider.Arn)
                .SelectMany(s => s.TestsOf("aud")).SelectMany(t => t.Values).Select(v => v.Value).ToList();
            foreach (var client in provider.ClientIds.Where(c => tested.Count > 0 && !tested.Any(pattern => Glob.IsMatch(pattern, c.Text))))
            {
                report.At(client.Span, $"no role tests for the audience `{client.Text}`", "remove it from the client ids");
            }
        }
    }
}
