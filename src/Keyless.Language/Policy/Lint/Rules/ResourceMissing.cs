using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>No Resource.</summary>
internal sealed class ResourceMissing : Rule
{
    public override Check Check { get; } = new("resource-missing", Severity.Error, "no Resource")
    {
        Why = "Outside trust policies a statement has to say what it is about.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Resource,
    };
}
