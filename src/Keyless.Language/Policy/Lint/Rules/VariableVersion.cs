using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A variable in a document that does not know variables.</summary>
internal sealed class VariableVersion : Rule
{
    public override Check Check { get; } = new("variable-version", Severity.Error, "a variable in a document that does not know variables")
    {
        Why = "Without `\"Version\": \"2012-10-17\"` a `${...}` is plain text: the statement then speaks of a resource or value that contains a dollar sign and braces.",
        Bad = Example.Document("""
            {
              "Version": "2008-10-17",
              "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:username}/*" }]
            }
            """),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:username}/*" }]
            }
            """),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var use in Variables.In(policy).Where(_ => policy.Document.Version != PolicyVersion.V20121017))
        {
            report.At(use.Value, $"`{use.Value.Value}` is plain text in this document: it has no `Version` that knows variables", "set `\"Version\": \"2012-10-17\"`");
        }
    }
}
