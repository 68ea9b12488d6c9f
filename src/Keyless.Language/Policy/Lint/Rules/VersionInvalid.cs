using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A version that does not exist.</summary>
internal sealed class VersionInvalid : Rule
{
    public override Check Check { get; } = new("version-invalid", Severity.Error, "a version that does not exist")
    {
        Why = "The version names an edition of the language, not the day on which the policy was written. There are two.",
        Bad = Example.Document("""
            { "Version": "2021-01-01", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """),
        Good = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """),
        Source = Pages.Version,
    };
}
