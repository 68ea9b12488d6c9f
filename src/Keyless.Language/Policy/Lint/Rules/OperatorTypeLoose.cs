using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An operator that works where another fits better.</summary>
internal sealed class OperatorTypeLoose : Rule
{
    public override Check Check { get; } = new("operator-type-loose", Severity.Low, "an operator that works where another fits better")
    {
        Why = "Comparing an ARN as text lets a wildcard run across the colons between its fields, into another account or service. `ArnLike` keeps them apart.",
        Bad = Example.Condition("""{ "StringLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" } }"""),
        Good = Example.Condition("""{ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/deploy" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests))
        {
            if (test.Operator is { } op && test.KnownKey is { } key && op.Family != OperatorFamily.Null && !TypeFit.Fits(op, key) && TypeFit.Works(op, key))
            {
                var better = key.Type == OperatorFamily.Arn ? (op.Negated ? "ArnNotLike" : "ArnLike") : "Bool";
                report.At(test.Condition.Operator, $"`{test.Key.Value}` is {TypeFit.Named(key.Type)}, compared here as text", $"use `{better}`");
            }
        }
    }
}
