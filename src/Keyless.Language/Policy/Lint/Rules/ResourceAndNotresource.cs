using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Both Resource and NotResource.</summary>
internal sealed class ResourceAndNotresource : Rule
{
    public override Check Check { get; } = new("resource-and-notresource", Severity.Error, "both Resource and NotResource")
    {
        Why = "A statement has one of the two.",
        Bad = Example.Statement("""
            { "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*", "NotResource": "arn:aws:s3:::acme-logs/*" }
            """),
        Good = Example.Statement("""{ "Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::acme-logs/*" }"""),
        Source = Pages.NotResource,
    };
}
