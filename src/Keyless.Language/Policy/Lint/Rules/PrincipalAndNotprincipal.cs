using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Both Principal and NotPrincipal.</summary>
internal sealed class PrincipalAndNotprincipal : Rule
{
    public override Check Check { get; } = new("principal-and-notprincipal", Severity.Error, "both Principal and NotPrincipal")
    {
        Why = "A statement has one of the two.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Deny",
                  "Principal": "*",
                  "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:root" },
                  "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::acme-site/*"
                }
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
}
