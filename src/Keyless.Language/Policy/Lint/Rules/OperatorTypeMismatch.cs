using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An operator of another type than the key.</summary>
internal sealed class OperatorTypeMismatch : Rule
{
    public override Check Check { get; } = new("operator-type-mismatch", Severity.Medium, "an operator of another type than the key")
    {
        Why = "The key's values are of another type, so the comparison fails for every request, or compares texts where numbers, times or addresses are meant.",
        Bad = Example.Condition("""{ "NumericEquals": { "aws:SourceIp": "203.0.113.9" } }"""),
        Good = Example.Condition("""{ "IpAddress": { "aws:SourceIp": "203.0.113.9/32" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests))
        {
            if (test.Operator is { } op && test.KnownKey is { } key && op.Family != OperatorFamily.Null && !TypeFit.Fits(op, key) && !TypeFit.Works(op, key))
            {
                report.At(test.Condition.Operator, $"`{test.Key.Value}` is {TypeFit.Named(key.Type)}; `{test.Condition.Operator.Value}` compares {TypeFit.Compared(op.Family)}", $"use {TypeFit.Operators(key.Type)}");
            }
        }
    }
}
