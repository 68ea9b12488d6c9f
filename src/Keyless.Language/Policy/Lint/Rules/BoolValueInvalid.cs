using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A truth value that is neither true nor false.</summary>
internal sealed class BoolValueInvalid : Rule
{
    public override Check Check { get; } = new("bool-value-invalid", Severity.Warning, "a truth value that is neither true nor false")
    {
        Why = "`Bool` knows `true` and `false`. Any other text never matches.",
        Bad = Example.Condition("""{ "Bool": { "aws:SecureTransport": "yes" } }"""),
        Good = Example.Condition("""{ "Bool": { "aws:SecureTransport": "true" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.Bool))
        {
            foreach (var value in test.Values.Where(v => !bool.TryParse(v.Value, out _) && !v.Value.Contains("${", StringComparison.Ordinal)))
            {
                var meant = ValueSyntax.Truth(value.Value);
                report.At(value, $"`{value.Value}` is neither `true` nor `false`: it never matches", meant is null ? "write `true` or `false`" : $"write `{meant}`", meant);
            }
        }
    }
}
