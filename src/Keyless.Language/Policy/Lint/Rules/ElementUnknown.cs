using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An element that IAM does not know.</summary>
internal sealed class ElementUnknown : Rule
{
    public override Check Check { get; } = new("element-unknown", Severity.Error, "an element that IAM does not know")
    {
        Why = "IAM refuses a policy with an element it does not know. Names are compared with case.",
        Bad = Example.Statement("""{ "effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Grammar,
    };
}
