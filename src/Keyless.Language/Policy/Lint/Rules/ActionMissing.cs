using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>No Action.</summary>
internal sealed class ActionMissing : Rule
{
    public override Check Check { get; } = new("action-missing", Severity.Error, "no Action")
    {
        Why = "A statement has to say what it allows or denies.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Action,
    };
}
