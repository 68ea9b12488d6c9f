using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A value that is no time.</summary>
internal sealed class DateValueInvalid : Rule
{
    public override Check Check { get; } = new("date-value-invalid", Severity.Error, "a value that is no time")
    {
        Why = "A date is written as in ISO 8601 or as seconds since 1970. IAM refuses anything else.",
        Bad = Example.Condition("""{ "DateLessThan": { "aws:CurrentTime": "soon" } }"""),
        Good = Example.Condition("""{ "DateLessThan": { "aws:CurrentTime": "2026-12-31T23:59:59Z" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.Date))
        {
            foreach (var value in test.Values.Where(v => !ValueSyntax.IsDate(v.Value) && !v.Value.Contains("${", StringComparison.Ordinal)))
            {
                report.At(value, $"`{value.Value}` is no time", "write it like `2026-12-31` or `2026-12-31T23:59:59Z`");
            }
        }
    }
}
