using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>The edition of 2008.</summary>
internal sealed class VersionOld : Rule
{
    public override Check Check { get; } = new("version-old", Severity.Low, "the edition of 2008")
    {
        Why = "The edition of 2008 knows no variables. Its policies keep working, but a variable that somebody adds is plain text.",
        Bad = Example.Document("""
            { "Version": "2008-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """),
        Good = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """),
        Source = Pages.Version,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        if (policy.Document.VersionElement is { Value: "2008-10-17" } version)
        {
            report.At(version, "`2008-10-17` knows no variables", "write `2012-10-17`; a `${` that is meant literally becomes `${$}{`", "2012-10-17");
        }
    }
}
