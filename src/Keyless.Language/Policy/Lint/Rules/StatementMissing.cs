using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>No statement.</summary>
internal sealed class StatementMissing : Rule
{
    public override Check Check { get; } = new("statement-missing", Severity.Error, "no statement")
    {
        Why = "IAM refuses a policy without statements.",
        Bad = Example.Document("""{ "Version": "2012-10-17", "Statement": [] }"""),
        Good = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """),
        Source = Pages.Statement,
    };
}
