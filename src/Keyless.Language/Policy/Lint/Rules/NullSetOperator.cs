using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Null with a set operator.</summary>
internal sealed class NullSetOperator : Rule
{
    public override Check Check { get; } = new("null-set-operator", Severity.Warning, "Null with a set operator")
    {
        Why = "`ForAllValues:Null` holds for every request and `ForAnyValue:Null` for none.",
        Bad = Example.Condition("""{ "ForAllValues:Null": { "aws:TagKeys": "false" } }"""),
        Good = Example.Condition("""{ "Null": { "aws:TagKeys": "false" } }"""),
        Source = Pages.SetOperators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator is { Family: OperatorFamily.Null, Set: not SetOperator.None }))
        {
            report.At(test.Condition.Operator, $"`{test.Condition.Operator.Value}` {(test.Operator!.Set == SetOperator.ForAllValues ? "holds for every request" : "holds for no request")}", "write `Null`", "Null");
        }
    }
}
