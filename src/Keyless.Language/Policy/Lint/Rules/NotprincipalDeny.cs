using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A Deny for everybody but the listed ones.</summary>
internal sealed class NotprincipalDeny : Rule
{
    public override Check Check { get; } = new("notprincipal-deny", Severity.Warning, "a Deny for everybody but the listed ones")
    {
        Why = "AWS checks account, role and session one after the other, so all of them have to be listed, and a principal with a permissions boundary is denied whatever is listed.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Deny", "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:user/ana" }, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
              ]
            }
            """, PolicyKind.Resource),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Deny",
                  "Principal": "*",
                  "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::acme-site/*",
                  "Condition": { "ArnNotEquals": { "aws:PrincipalArn": "arn:aws:iam::111122223333:user/ana" } }
                }
              ]
            }
            """, PolicyKind.Resource),
        Source = Pages.NotPrincipal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => !s.IsAllow && s.Principal is { Negated: true } && policy.Kind != PolicyKind.Trust))
        {
            report.At(statement.Principal!.Span, "a Deny with `NotPrincipal` also hits sessions of the listed roles, and always hits principals with a permissions boundary",
                "deny `\"Principal\": \"*\"` with `\"ArnNotEquals\": { \"aws:PrincipalArn\": [ ... ] }`");
        }
    }
}
