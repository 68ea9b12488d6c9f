using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Knowledge;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An enterprise with an issuer of its own that trusts the shared one.</summary>
internal sealed class GitHubEnterpriseIssuer : Rule
{
    public override Check Check { get; } = new("github-enterprise-issuer", Severity.Info, "an enterprise with an issuer of its own that trusts the shared one")
    {
        Why = "An enterprise can have its tokens issued under `token.actions.githubusercontent.com/ENTERPRISE`. A policy that then still trusts the shared issuer gives up the separation that the own one brings.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": {
                "Federated": [
                  "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/octo-corp",
                  "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
                ]
              },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": { "StringEquals": { "token.actions.githubusercontent.com/octo-corp:sub": "repo:octo-org/site:ref:refs/heads/main" } }
            }
            """),
        Good = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/octo-corp" },
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": { "StringEquals": { "token.actions.githubusercontent.com/octo-corp:sub": "repo:octo-org/site:ref:refs/heads/main" } }
            }
            """),
        Source = Pages.GitHubEnterprise,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var values = policy.Statements.SelectMany(s => s.Principal?.Values ?? []).ToList();
        var own = values.Select(v => GitHubStatement.ProviderOf(v.Text)).Concat(policy.Options.Providers.Select(p => p.Url))
            .FirstOrDefault(url => url?.StartsWith($"{ProviderKey.GitHubHost}/", StringComparison.Ordinal) == true && url.Length > ProviderKey.GitHubHost.Length + 1);
        foreach (var value in values.Where(v => own is not null && GitHubStatement.ProviderOf(v.Text) == ProviderKey.GitHubHost))
        {
            report.At(value.Span, $"the shared issuer is trusted although the enterprise has its own, `{own}`", "trust the enterprise's own provider only");
        }
    }
}
