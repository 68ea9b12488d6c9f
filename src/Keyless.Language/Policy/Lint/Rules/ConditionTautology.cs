using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A condition that every request meets.</summary>
internal sealed class ConditionTautology : Rule
{
    public override Check Check { get; } = new("condition-tautology", Severity.Warning, "a condition that every request meets")
    {
        Why = "It looks like a restriction and is none.",
        Bad = Example.GitHubSubject("StringLike", "*"),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/release-*"),
        Source = Pages.Condition,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            var always = AbsentKey.IsAlwaysThere(statement, test);
            var holds = test.Operator switch
            {
                { HasWildcards: true, Negated: false } op => (always || op.IfExists || op.Set == SetOperator.ForAllValues) && test.Values.Any(v => v.Value.Length > 0 && v.Value.All(c => c == '*')),
                { Family: OperatorFamily.Null, Set: SetOperator.None } => always && test.Values.Any(v => v.Value.Equals("false", StringComparison.OrdinalIgnoreCase)),
                { Family: OperatorFamily.IpAddress, Negated: false } op => (always || op.IfExists) && test.Values.Any(v => v.Value == "0.0.0.0/0") && test.Values.Any(v => v.Value == "::/0"),
                _ => false,
            };
            if (holds)
            {
                report.At(test.Condition.Span, $"every request meets this test of `{test.Key.Value}`", "give it a value that means something, or remove it");
            }
        }
    }
}
