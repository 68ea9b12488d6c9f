using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>No Effect.</summary>
internal sealed class EffectMissing : Rule
{
    public override Check Check { get; } = new("effect-missing", Severity.Error, "no Effect")
    {
        Why = "A statement allows or denies; it has to say which.",
        Bad = Example.Statement("""{ "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Effect,
    };
}
