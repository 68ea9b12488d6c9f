using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An Allow with a negated test of a key that may be absent.</summary>
internal sealed class NegatedAllowMissingKey : Rule
{
    public override Check Check { get; } = new("negated-allow-missing-key", Severity.High, "an Allow with a negated test of a key that may be absent")
    {
        Why = "A negated test holds when the key is absent. The Allow therefore also admits every request that does not say at all.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:repository_id": "456"
              },
              "StringNotEquals": { "token.actions.githubusercontent.com:environment": "staging" }
            }
            """),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:repository_id": "456",
                "token.actions.githubusercontent.com:environment": "production"
              }
            }
            """),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.Where(s => s.IsAllow && !policy.OnlyLimits).SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            if (test.Operator is { Negated: true } && test.KnownKey is { IsAlwaysPresent: false } && !statement.RequiresKey(test.Key.Value))
            {
                report.At(test.Condition.Operator, $"requests without `{test.Key.Value}` are allowed as well", $"test for the values that may, or add `\"Null\": {{ \"{test.Key.Value}\": \"false\" }}`");
            }
        }
    }
}
