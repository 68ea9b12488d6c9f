using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A resource in a trust policy.</summary>
internal sealed class TrustResourceElement : Rule
{
    public override Check Check { get; } = new("trust-resource-element", Severity.Error, "a resource in a trust policy")
    {
        Why = "The resource of a trust policy is the role itself. IAM refuses a trust policy that names one.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" },
              "Action": "sts:AssumeRole",
              "Resource": "*"
            }
            """),
        Good = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" },
              "Action": "sts:AssumeRole"
            }
            """),
        Source = Pages.Resource,
    };
}
