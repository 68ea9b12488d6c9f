using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An element of the wrong JSON type.</summary>
internal sealed class ElementType : Rule
{
    public override Check Check { get; } = new("element-type", Severity.Error, "an element of the wrong JSON type")
    {
        Why = "Each element is a text, a list of texts or an object. IAM refuses other types.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": {}, "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Grammar,
    };
}
