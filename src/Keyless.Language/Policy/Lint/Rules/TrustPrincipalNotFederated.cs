using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An AWS principal for web identities.</summary>
internal sealed class TrustPrincipalNotFederated : Rule
{
    public override Check Check { get; } = new("trust-principal-not-federated", Severity.Warning, "an AWS principal for web identities")
    {
        Why = "Callers of `AssumeRoleWithWebIdentity` and `AssumeRoleWithSAML` have no AWS identity yet; only the identity provider names them. `{\"AWS\": ...}`, even `{\"AWS\": \"*\"}`, matches none of them, in Allow and in Deny.",
        Bad = Example.Trust("""
            {
              "Effect": "Deny",
              "Principal": { "AWS": "*" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "*:pull_request" } }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.OidcTrust,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => policy.Kind == PolicyKind.Trust && s.Principal is not null))
        {
            var federatedOnly = TrustAction.Of(statement).Any(a => a.NeedsFederation) && !TrustAction.Of(statement).Any(a => a.TakesAws);
            foreach (var value in statement.Principal!.Values.Where(v => federatedOnly && v.Type == PrincipalType.Aws))
            {
                var effect = statement.IsAllow ? "nobody is let in" : "nobody is kept out";
                report.At(value.Span, $"`AWS` names no federated caller, so {effect} by {statement.Title}",
                    "write `{ \"Federated\": \"arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com\" }`");
            }
        }
    }
}
