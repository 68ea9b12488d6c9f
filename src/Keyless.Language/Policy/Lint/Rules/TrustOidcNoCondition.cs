using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An identity provider without any condition on its tokens.</summary>
internal sealed class TrustOidcNoCondition : Rule
{
    public override Check Check { get; } = new("trust-oidc-no-condition", Severity.Critical, "an identity provider without any condition on its tokens")
    {
        Why = "Every identity of the provider may assume the role. Most providers have more than one customer, so that is everybody.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com" },
              "Action": "sts:AssumeRoleWithWebIdentity"
            }
            """),
        Good = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": { "StringEquals": { "gitlab.com:sub": "project_path:octo-org/site:ref_type:branch:ref:main" } }
            }
            """),
        Source = Pages.OidcTrust,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => policy.Kind == PolicyKind.Trust && s.IsAllow && s.Admits(GitHubStatement.WebIdentity)))
        {
            foreach (var value in statement.Principal?.Values ?? [])
            {
                var provider = value.Type != PrincipalType.Federated ? null : GitHubStatement.ProviderOf(value.Text) ?? (FederatedPrincipalFormat.Hosts.Contains(value.Text) ? value.Text : null);
                if (provider is not null && !statement.Tests.Any(t => t.Provider is not null))
                {
                    report.At(value.Span, $"no condition tests a claim of `{provider}`: every token of it may assume this role", $"test `{provider}:aud` and `{provider}:sub`");
                }
            }
        }
    }
}
