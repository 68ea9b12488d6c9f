using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A variable without its closing brace.</summary>
internal sealed class VariableUnclosed : Rule
{
    public override Check Check { get; } = new("variable-unclosed", Severity.Error, "a variable without its closing brace")
    {
        Why = "IAM refuses it, and where such a document is evaluated it is plain text.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:username/*" }
            """),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:username}/*" }
            """),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var use in Variables.In(policy).Where(u => u.Fault == VariableFault.Unclosed))
        {
            report.At(use.Value, $"`${{{use.Text}` is not closed", "add `}` behind the variable's name");
        }
    }
}
