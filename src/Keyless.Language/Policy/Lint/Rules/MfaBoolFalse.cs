using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A test for missing MFA that misses requests without the key.</summary>
internal sealed class MfaBoolFalse : Rule
{
    public override Check Check { get; } = new("mfa-bool-false", Severity.Medium, "a test for missing MFA that misses requests without the key")
    {
        Why = "`aws:MultiFactorAuthPresent` is absent from requests made with long-term keys, which cannot have MFA. `Bool ... false` does not hold for them, so a Deny does not stop them.",
        Bad = Example.Statement("""
            {
              "Effect": "Deny",
              "Action": "s3:DeleteObject",
              "Resource": "*",
              "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "false" } }
            }
            """),
        Good = Example.Statement("""
            {
              "Effect": "Deny",
              "Action": "s3:DeleteObject",
              "Resource": "*",
              "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }
            }
            """),
        Source = Pages.Mfa,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            if (test.Names("aws:MultiFactorAuthPresent") && test.Operator is { Family: OperatorFamily.Bool, IfExists: false } && test.Values.Any(v => v.Value.Equals("false", StringComparison.OrdinalIgnoreCase)))
            {
                report.At(test.Condition.Operator, statement.IsAllow ? "this allows what is done without MFA, and misses requests with long-term keys" : "requests with long-term keys have no `aws:MultiFactorAuthPresent` and are not denied",
                    statement.IsAllow ? "write `\"Bool\": { \"aws:MultiFactorAuthPresent\": \"true\" }` to demand MFA" : "write `BoolIfExists`", statement.IsAllow ? null : "BoolIfExists");
            }
        }
    }
}
