using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Both truth values.</summary>
internal sealed class BoolMultiple : Rule
{
    public override Check Check { get; } = new("bool-multiple", Severity.Error, "both truth values")
    {
        Why = "One of the two always matches, so the condition holds whenever the key is there.",
        Bad = Example.Condition("""{ "Bool": { "aws:SecureTransport": ["true", "false"] } }"""),
        Good = Example.Condition("""{ "Bool": { "aws:SecureTransport": "true" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family is OperatorFamily.Bool or OperatorFamily.Null))
        {
            if (test.Values.Select(v => v.Value.ToLowerInvariant()).Where(v => v is "true" or "false").Distinct().Count() == 2)
            {
                report.At(test.Condition.Span, $"`{test.Key.Value}` may be both `true` and `false`: the condition restricts nothing", "keep the one that is meant");
            }
        }
    }
}
