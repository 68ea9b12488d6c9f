using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An Effect that is neither Allow nor Deny.</summary>
internal sealed class EffectInvalid : Rule
{
    public override Check Check { get; } = new("effect-invalid", Severity.Error, "an Effect that is neither Allow nor Deny")
    {
        Why = "The values are `Allow` and `Deny`, in exactly this case.",
        Bad = Example.Statement("""{ "Effect": "allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Effect,
    };
}
