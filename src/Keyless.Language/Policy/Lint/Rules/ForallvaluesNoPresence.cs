using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>ForAllValues without a test that the key is there.</summary>
internal sealed class ForallvaluesNoPresence : Rule
{
    public override Check Check { get; } = new("forallvalues-no-presence", Severity.High, "ForAllValues without a test that the key is there")
    {
        Why = "`ForAllValues:` holds for an empty list and for an absent key. An Allow that should demand the values must also demand the key.",
        Bad = Example.Statement("""
            {
              "Effect": "Allow",
              "Action": "s3:PutObject",
              "Resource": "arn:aws:s3:::acme-site/*",
              "Condition": { "ForAllValues:StringEquals": { "aws:TagKeys": ["team", "cost"] } }
            }
            """),
        Good = Example.Statement("""
            {
              "Effect": "Allow",
              "Action": "s3:PutObject",
              "Resource": "arn:aws:s3:::acme-site/*",
              "Condition": {
                "ForAllValues:StringEquals": { "aws:TagKeys": ["team", "cost"] },
                "Null": { "aws:TagKeys": "false" }
              }
            }
            """),
        Source = Pages.SetOperators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.Where(s => s.IsAllow).SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            if (test.Operator is { Set: SetOperator.ForAllValues, Family: not OperatorFamily.Null } && test.KnownKey is { IsMultivalued: true } && !statement.RequiresKey(test.Key.Value))
            {
                report.At(test.Condition.Operator, $"the condition also holds for requests without `{test.Key.Value}`", $"add `\"Null\": {{ \"{test.Key.Value}\": \"false\" }}`");
            }
        }
    }
}
