using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Everybody in a trust policy.</summary>
internal sealed class TrustPrincipalStar : Rule
{
    public override Check Check { get; } = new("trust-principal-star", Severity.Error, "everybody in a trust policy")
    {
        Why = "IAM refuses to save a trust policy whose principal is the bare `\"*\"`.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": "*",
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": { "StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" } }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.Principal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => policy.Kind == PolicyKind.Trust && s.Principal is { Negated: false }))
        {
            foreach (var value in statement.Principal!.Values.Where(v => v.Type == PrincipalType.Everyone))
            {
                var web = statement.Tests.Any(t => t.Provider is { IsGitHub: true });
                report.At(value.Span, "a trust policy cannot trust `\"*\"`: IAM refuses to save it", web
                    ? "name the provider: `{ \"Federated\": \"arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com\" }`"
                    : "name who may assume the role, for example `{ \"AWS\": \"arn:aws:iam::ACCOUNT:role/NAME\" }`");
            }
        }
    }
}
