using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A value that is no number.</summary>
internal sealed class NumericValueInvalid : Rule
{
    public override Check Check { get; } = new("numeric-value-invalid", Severity.Warning, "a value that is no number")
    {
        Why = "A numeric comparison with something that is no decimal number never holds.",
        Bad = Example.Condition("""{ "NumericLessThanEquals": { "s3:max-keys": "10k" } }"""),
        Good = Example.Condition("""{ "NumericLessThanEquals": { "s3:max-keys": "10000" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.Numeric))
        {
            foreach (var value in test.Values.Where(v => !ValueSyntax.IsNumber(v.Value) && !v.Value.Contains("${", StringComparison.Ordinal)))
            {
                report.At(value, $"`{value.Value}` is no decimal number: it never matches", "digits with an optional sign, fraction and exponent");
            }
        }
    }
}
