using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A variable's default without quotes.</summary>
internal sealed class VariableDefaultQuotes : Rule
{
    public override Check Check { get; } = new("variable-default-quotes", Severity.Error, "a variable's default without quotes")
    {
        Why = "The default stands in single quotes behind a comma and a space. IAM refuses other forms.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:PrincipalTag/team, none}/*" }
            """),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:PrincipalTag/team, 'none'}/*" }
            """),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var use in Variables.In(policy).Where(u => u.Fault == VariableFault.DefaultQuotes))
        {
            var comma = use.Text.IndexOf(',', StringComparison.Ordinal);
            var meant = $"${{{use.Text[..comma].Trim()}, '{use.Text[(comma + 1)..].Trim().Trim('\'', '"')}'}}";
            report.At(use.Value, $"the default in `${{{use.Text}}}` is not in single quotes behind a comma and a space", $"write `{meant}`", use.Value.Value.Replace($"${{{use.Text}}}", meant, StringComparison.Ordinal));
        }
    }
}
