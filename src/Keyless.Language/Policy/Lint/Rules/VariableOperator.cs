using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A variable where no text is compared.</summary>
internal sealed class VariableOperator : Rule
{
    public override Check Check { get; } = new("variable-operator", Severity.Error, "a variable where no text is compared")
    {
        Why = "Variables are replaced under string and ARN operators only. IAM refuses them under numbers, dates, truth values, bytes and addresses.",
        Bad = Example.Condition("""{ "NumericLessThan": { "s3:max-keys": "${aws:PrincipalTag/limit}" } }"""),
        Good = Example.Condition("""{ "NumericLessThan": { "s3:max-keys": "100" } }"""),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var use in Variables.In(policy).Where(u => u.Test?.Operator is { Family: not (OperatorFamily.String or OperatorFamily.Arn) }))
        {
            report.At(use.Value, $"`{use.Test!.Condition.Operator.Value}` takes no variables", "write a fixed value");
        }
    }
}
