using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A Deny that skips requests without the key.</summary>
internal sealed class DenyPositiveMissingKey : Rule
{
    public override Check Check { get; } = new("deny-positive-missing-key", Severity.Medium, "a Deny that skips requests without the key")
    {
        Why = "A positive test fails when the key is absent, so the Deny does not apply to those requests and they may pass.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
                  "Action": "sts:AssumeRoleWithWebIdentity",
                  "Condition": { "StringEquals": { "token.actions.githubusercontent.com:repository_id": "456" } }
                },
                {
                  "Effect": "Deny",
                  "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
                  "Action": "sts:AssumeRoleWithWebIdentity",
                  "Condition": { "StringEquals": { "token.actions.githubusercontent.com:environment": "staging" } }
                }
              ]
            }
            """, PolicyKind.Trust),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
                  "Action": "sts:AssumeRoleWithWebIdentity",
                  "Condition": { "StringEquals": { "token.actions.githubusercontent.com:repository_id": "456" } }
                },
                {
                  "Effect": "Deny",
                  "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
                  "Action": "sts:AssumeRoleWithWebIdentity",
                  "Condition": { "StringNotEquals": { "token.actions.githubusercontent.com:environment": "production" } }
                }
              ]
            }
            """, PolicyKind.Trust),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.Where(s => !s.IsAllow).SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            var optional = test.Provider is { IsGitHub: true } ? test.KnownKey is { IsAlwaysPresent: false, IsMultivalued: false } : Callers.Contains(test.Key.Value.ToLowerInvariant());
            var covered = policy.Statements.Any(s => !s.IsAllow && s.Tests.Any(t => t.Names(test.Key.Value) && t.Operator is { Family: OperatorFamily.Null } && t.Values.Any(v => v.Value == "true")));
            if (optional && test.Operator is { RequiresKey: true } && !covered)
            {
                report.At(test.Condition.Operator, $"requests without `{test.Key.Value}` are not denied", "turn it round: deny all values but those that may pass, with a negated operator, which also holds when the key is absent");
            }
        }
    }

    /// <summary>Keys that say who or where the caller is, and that whole kinds of callers do not have.</summary>
    private static readonly string[] Callers = ["aws:sourcevpc", "aws:sourcevpce", "aws:sourceip", "aws:vpcsourceip", "aws:principalorgid", "aws:username", "aws:sourceidentity", "aws:multifactorauthage"];
}
