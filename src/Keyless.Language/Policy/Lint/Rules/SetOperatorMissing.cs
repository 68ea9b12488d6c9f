using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A key of many values under a plain operator.</summary>
internal sealed class SetOperatorMissing : Rule
{
    public override Check Check { get; } = new("set-operator-missing", Severity.Error, "a key of many values under a plain operator")
    {
        Why = "The key holds a list. A plain comparison is not defined for lists and never holds.",
        Bad = Example.Condition("""{ "StringEquals": { "aws:TagKeys": "team" } }"""),
        Good = Example.Condition("""{ "ForAnyValue:StringEquals": { "aws:TagKeys": "team" } }"""),
        Source = Pages.SetOperators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests))
        {
            if (test.Operator is { Set: SetOperator.None, Family: not OperatorFamily.Null } && test.KnownKey is { IsMultivalued: true })
            {
                report.At(test.Condition.Operator, $"`{test.Key.Value}` holds many values: `{test.Condition.Operator.Value}` does not say whether one or all of them must match", "prefix it with `ForAnyValue:`, or with `ForAllValues:` and a `Null` test beside it");
            }
        }
    }
}
