using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Not JSON.</summary>
internal sealed class JsonSyntax : Rule
{
    public override Check Check { get; } = new("json-syntax", Severity.Error, "not JSON")
    {
        Why = "IAM takes JSON as RFC 8259 defines it: no comments, no trailing commas, double quotes only. A template in YAML that cannot be read is reported under the same id.",
        Bad = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*", } ] }
            """),
        Good = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """),
        Source = Pages.Json,
    };
}
