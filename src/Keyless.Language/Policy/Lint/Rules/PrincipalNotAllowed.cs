using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A principal in a policy that is attached to one.</summary>
internal sealed class PrincipalNotAllowed : Rule
{
    public override Check Check { get; } = new("principal-not-allowed", Severity.Error, "a principal in a policy that is attached to one")
    {
        Why = "A permissions policy speaks about whoever it is attached to. IAM refuses it with a principal.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Principal,
    };
}
