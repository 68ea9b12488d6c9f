using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A provider that the account does not have.</summary>
internal sealed class FederatedProviderUnknown : Rule
{
    public override Check Check { get; } = new("federated-provider-unknown", Severity.Warning, "a provider that the account does not have")
    {
        Why = "The ARN names a provider that does not exist in this account, so no token can ever come from it.",
        Bad = Example.Template("""
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
                          Federated: arn:aws:iam::999988887777:oidc-provider/token.actions.githubusercontent.com
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

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Principal?.Values ?? []).Where(v => v.Type == PrincipalType.Federated))
        {
            var providers = policy.Options.Providers;
            if (GitHubStatement.ProviderOf(value.Text) is { } url && !providers.IsEmpty && providers.All(p => p.Arn != value.Text)
                && providers.FirstOrDefault(p => p.Url == url) is { } same)
            {
                report.At(value.Span, $"the account has no provider `{value.Text}`", $"it has `{same.Arn}`");
            }
        }
    }
}
