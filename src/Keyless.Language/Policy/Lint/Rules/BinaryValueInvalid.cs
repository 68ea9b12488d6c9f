using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A value that is no base64.</summary>
internal sealed class BinaryValueInvalid : Rule
{
    public override Check Check { get; } = new("binary-value-invalid", Severity.Warning, "a value that is no base64")
    {
        Why = "The value is decoded from base64 before it is compared. What cannot be decoded never matches.",
        Bad = Example.Condition("""{ "BinaryEquals": { "acme:fingerprint": "abc" } }"""),
        Good = Example.Condition("""{ "BinaryEquals": { "acme:fingerprint": "YWJj" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.Binary))
        {
            foreach (var value in test.Values.Where(v => !System.Buffers.Text.Base64.IsValid(v.Value) && !v.Value.Contains("${", StringComparison.Ordinal)))
            {
                report.At(value, $"`{value.Value}` is no base64: it never matches", "encode the bytes in base64, with `=` to a multiple of four characters");
            }
        }
    }
}
