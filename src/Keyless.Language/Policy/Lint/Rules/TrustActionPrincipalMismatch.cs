using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An action that the principal cannot call.</summary>
internal sealed class TrustActionPrincipalMismatch : Rule
{
    public override Check Check { get; } = new("trust-action-principal-mismatch", Severity.Error, "an action that the principal cannot call")
    {
        Why = "Web identities come from an OIDC provider, SAML assertions from a SAML provider, and plain `sts:AssumeRole` is called by AWS principals and services. With another pairing the statement never applies; IAM refuses some of them.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
              "Action": "sts:AssumeRole",
              "Condition": { "StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" } }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.OidcTrust,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => policy.Kind == PolicyKind.Trust && s.Principal is { Negated: false } && !s.Action.Negated))
        {
            var principals = statement.Principal!.Values.Where(v => v.Type != PrincipalType.Everyone).ToList();
            foreach (var pattern in statement.Action.Patterns)
            {
                // An AWS principal for web identities alone has a finding of its own.
                var actions = TrustAction.All.Where(a => !a.ForAnybody && Glob.IsMatch(pattern.Value, a.Name)).ToList();
                var callable = principals.Any(p => actions.Any(a => a.Takes(p)));
                if (actions.Count > 0 && principals.Count > 0 && !callable && !principals.All(p => p.Type == PrincipalType.Aws))
                {
                    var meant = TrustAction.For(principals[0]);
                    report.At(pattern, $"`{pattern.Value}` is not called by {TrustAction.Named(principals[0])}: it takes {actions[0].Callers}",
                        meant is null ? "name a principal that fits" : $"write `{meant.Name}`, or name {actions[0].Callers}", fix: meant?.Name);
                }
            }
        }
    }
}
