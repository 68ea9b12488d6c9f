using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>ForAnyValue on a key of one value.</summary>
internal sealed class ForanyvalueSingleValued : Rule
{
    public override Check Check { get; } = new("foranyvalue-single-valued", Severity.Info, "ForAnyValue on a key of one value")
    {
        Why = "It changes nothing, and it misleads the reader into thinking that the key holds a list.",
        Bad = Example.GitHub("""
            {
              "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
              "ForAnyValue:StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.SetOperators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests))
        {
            if (test.Operator is { Set: SetOperator.ForAnyValue, Family: not OperatorFamily.Null } op && test.KnownKey is { IsMultivalued: false })
            {
                var plain = (op.Use with { Set = SetOperator.None }).CanonicalName;
                report.At(test.Condition.Operator, $"`{test.Key.Value}` has one value; `ForAnyValue:` changes nothing", $"write `{plain}`", plain);
            }
        }
    }
}
