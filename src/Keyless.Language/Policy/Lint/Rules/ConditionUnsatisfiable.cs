using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A condition that no request meets.</summary>
internal sealed class ConditionUnsatisfiable : Rule
{
    public override Check Check { get; } = new("condition-unsatisfiable", Severity.Warning, "a condition that no request meets")
    {
        Why = "Its tests contradict each other, so the statement never applies.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:pull_request"
              },
              "StringLike": { "token.actions.githubusercontent.com:ref": "refs/heads/*" }
            }
            """),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:environment:production"
              },
              "StringLike": { "token.actions.githubusercontent.com:ref": "refs/heads/release-*" }
            }
            """),
        Source = Pages.Condition,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements)
        {
            if (Contradiction.In(statement) is var (test, reason))
            {
                report.At(test.Condition.Span, reason, "change one of the two, or remove the statement");
            }
            else if (Emptiness.Reason(statement) is null && statement.Tests.Length > 0 && policy.Proofs?.IsUnsatisfiable(statement.Statement) == true)
            {
                report.At(statement.Statement.Conditions[0].Span, "proved: no request meets all tests of this condition", "change the test that is not meant");
            }
        }
    }
}
