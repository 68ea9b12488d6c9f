using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An Allow that passes when the key is absent.</summary>
internal sealed class IfexistsAllow : Rule
{
    public override Check Check { get; } = new("ifexists-allow", Severity.High, "an Allow that passes when the key is absent")
    {
        Why = "`IfExists` makes the condition hold for every request that does not have the key. In an Allow that is rarely what was meant.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:repository_id": "456"
              },
              "StringEqualsIfExists": { "token.actions.githubusercontent.com:environment": "production" }
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
        Source = Pages.IfExists,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.Where(s => s.IsAllow).SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            if (test.Operator is { IfExists: true, Family: not OperatorFamily.Null } op && !statement.RequiresKey(test.Key.Value))
            {
                var plain = (op.Use with { IfExists = false }).CanonicalName;
                report.At(test.Condition.Operator, $"requests without `{test.Key.Value}` are allowed as well", $"write `{plain}`, unless requests without the key are meant to pass");
            }
        }
    }
}
