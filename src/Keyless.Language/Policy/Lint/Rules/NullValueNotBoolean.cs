using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A Null test with neither true nor false.</summary>
internal sealed class NullValueNotBoolean : Rule
{
    public override Check Check { get; } = new("null-value-not-boolean", Severity.Medium, "a Null test with neither true nor false")
    {
        Why = "`Null` asks with `true` whether the key is absent and with `false` whether it is there. Other values mean nothing.",
        Bad = Example.Condition("""{ "Null": { "aws:TokenIssueTime": "0" } }"""),
        Good = Example.Condition("""{ "Null": { "aws:TokenIssueTime": "true" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.Null))
        {
            foreach (var value in test.Values.Where(v => !bool.TryParse(v.Value, out _)))
            {
                report.At(value, $"`{value.Value}` is neither `true` nor `false`", "`true` demands that the key is absent, `false` that it is there");
            }
        }
    }
}
