using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Both Action and NotAction.</summary>
internal sealed class ActionAndNotaction : Rule
{
    public override Check Check { get; } = new("action-and-notaction", Severity.Error, "both Action and NotAction")
    {
        Why = "A statement has one of the two.",
        Bad = Example.Statement("""
            { "Effect": "Deny", "Action": "s3:GetObject", "NotAction": "s3:PutObject", "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Good = Example.Statement("""{ "Effect": "Deny", "NotAction": "s3:PutObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.NotAction,
    };
}
