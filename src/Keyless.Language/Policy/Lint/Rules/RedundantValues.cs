using Keyless.Language.Policy.Conditions;
using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A value that another one covers.</summary>
internal sealed class RedundantValues : Rule
{
    public override Check Check { get; } = new("redundant-values", Severity.Info, "a value that another one covers")
    {
        Why = "The values of a key are alternatives. One that another covers changes nothing and hides what the condition really admits.",
        Bad = Example.Condition("""{ "StringLike": { "s3:prefix": ["public/*", "public/images/*"] } }"""),
        Good = Example.Condition("""{ "StringLike": { "s3:prefix": "public/*" } }"""),
        Source = Pages.Condition,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests))
        {
            for (var i = 0; i < test.Values.Length; i++)
            {
                for (var j = 0; j < test.Values.Length; j++)
                {
                    var (value, other) = (test.Values[i], test.Values[j]);
                    if (i != j && Covers(test.Operator, other.Value, value.Value) && (j < i || !Covers(test.Operator, value.Value, other.Value)))
                    {
                        report.At(value, value.Value == other.Value ? $"`{value.Value}` is listed twice" : $"`{other.Value}` covers `{value.Value}`", "leave it out");
                        break;
                    }
                }
            }
        }
    }

    private static bool Covers(OperatorName? op, string wide, string narrow) => op switch
    {
        null => wide == narrow,
        { Base: "StringLike" or "StringNotLike" } => Glob.Covers(wide, narrow),
        { Base: "StringEqualsIgnoreCase" or "StringNotEqualsIgnoreCase" } => wide.Equals(narrow, StringComparison.OrdinalIgnoreCase),
        { Family: OperatorFamily.Bool or OperatorFamily.Null } => wide.Equals(narrow, StringComparison.OrdinalIgnoreCase),
        { Base: "NumericLessThan" or "NumericLessThanEquals" } => Number(narrow) <= Number(wide),
        { Base: "NumericGreaterThan" or "NumericGreaterThanEquals" } => Number(narrow) >= Number(wide),
        _ => wide == narrow,
    };

    private static decimal? Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
