using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A variable without a name.</summary>
internal sealed class VariableEmpty : Rule
{
    public override Check Check { get; } = new("variable-empty", Severity.Error, "a variable without a name")
    {
        Why = "IAM refuses it, and where such a document is evaluated it is plain text.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${}/*" }"""),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:username}/*" }
            """),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var use in Variables.In(policy).Where(u => u.Fault == VariableFault.Empty))
        {
            report.At(use.Value, "`${}` names no variable", "write the condition key, for example `${aws:username}`; a plain dollar sign is `${$}`");
        }
    }
}
