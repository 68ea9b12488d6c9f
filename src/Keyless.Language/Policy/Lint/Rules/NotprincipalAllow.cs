using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Everybody but the listed ones is allowed.</summary>
internal sealed class NotprincipalAllow : Rule
{
    public override Check Check { get; } = new("notprincipal-allow", Severity.Critical, "everybody but the listed ones is allowed")
    {
        Why = "`NotPrincipal` with Allow admits everybody who is not listed, anonymous callers too.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:user/ana" }, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
              ]
            }
            """, PolicyKind.Resource),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:user/ben" }, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
              ]
            }
            """, PolicyKind.Resource),
        Source = Pages.NotPrincipal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && s.Principal is { Negated: true }))
        {
            report.At(statement.Principal!.Span, "everybody but these is allowed, anonymous callers too", "list who is allowed under `Principal`");
        }
    }
}
