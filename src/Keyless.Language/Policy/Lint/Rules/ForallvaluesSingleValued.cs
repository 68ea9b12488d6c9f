using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>ForAllValues on a key of one value.</summary>
internal sealed class ForallvaluesSingleValued : Rule
{
    public override Check Check { get; } = new("forallvalues-single-valued", Severity.High, "ForAllValues on a key of one value")
    {
        Why = "For a key of one value the set operator has a single effect: the condition also holds when the key is absent. In an Allow that lets requests in that were meant to be tested.",
        Bad = Example.GitHub("""
            {
              "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
              "ForAllValues:StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.SetOperators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            if (test.Operator is { Set: SetOperator.ForAllValues, Family: not OperatorFamily.Null } op && test.KnownKey is { IsMultivalued: false })
            {
                var plain = (op.Use with { Set = SetOperator.None }).CanonicalName;
                report.At(test.Condition.Operator, $"`{test.Key.Value}` has one value; `ForAllValues:` only makes the condition hold when the key is absent", $"write `{plain}`", plain,
                    statement.IsAllow ? null : Severity.Warning);
            }
        }
    }
}
