using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A value that is no ARN.</summary>
internal sealed class ArnValueMalformed : Rule
{
    public override Check Check { get; } = new("arn-value-malformed", Severity.Warning, "a value that is no ARN")
    {
        Why = "ARN operators compare the six fields of an ARN. A value with fewer matches nothing; in a Deny the comparison counts as met.",
        Bad = Example.Condition("""{ "ArnLike": { "aws:SourceArn": "my-topic" } }"""),
        Good = Example.Condition("""{ "ArnLike": { "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:my-topic" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.Arn))
        {
            foreach (var value in test.Values.Where(v => v.Value != "*" && !ArnText.TryParse(v.Value, out _) && !v.Value.Contains("${", StringComparison.Ordinal)))
            {
                report.At(value, $"`{value.Value}` is no ARN: it matches nothing", "an ARN has six fields: `arn:partition:service:region:account:resource`");
            }
        }
    }
}
