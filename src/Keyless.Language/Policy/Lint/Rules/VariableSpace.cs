using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>White space in a variable's name.</summary>
internal sealed class VariableSpace : Rule
{
    public override Check Check { get; } = new("variable-space", Severity.Error, "white space in a variable's name")
    {
        Why = "IAM refuses it, and where such a document is evaluated it is plain text.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws: username}/*" }
            """),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:username}/*" }
            """),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var use in Variables.In(policy).Where(u => u.Fault == VariableFault.Space))
        {
            var meant = string.Concat(use.Text.Where(c => !char.IsWhiteSpace(c)));
            report.At(use.Value, $"the variable `${{{use.Text}}}` holds white space", $"write `${{{meant}}}`", use.Value.Value.Replace($"${{{use.Text}}}", $"${{{meant}}}", StringComparison.Ordinal));
        }
    }
}
