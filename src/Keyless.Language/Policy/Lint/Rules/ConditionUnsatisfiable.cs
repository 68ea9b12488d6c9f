using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Prove;

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
            if (statement.Contradiction is var (test, reason))
            {
                report.At(test.Condition.Span, reason, "change the test that is not meant, or remove the statement");
            }
            else if (statement.Emptiness is null && !statement.Tests.IsEmpty && !Witness.SubjectsOf(statement).Any() && policy.Proofs is { } proofs && proofs.IsUnsatisfiable(statement.Statement))
            {
                var (keys, place) = Culprits(statement.Statement, proofs);
                report.At(place, $"proved: no request meets {keys}", "change the test that is not meant, or remove the statement");
            }
        }
    }

    /// <summary>The fewest tests that already exclude each other.</summary>
    private static (string Keys, SourceSpan Place) Culprits(Statement statement, PolicyProofs proofs)
    {
        var conditions = statement.Conditions;
        foreach (var one in conditions)
        {
            if (proofs.IsUnsatisfiable(statement with { Conditions = [one] }))
            {
                return ($"this test of `{one.Key.Value}`", one.Span);
            }
        }

        for (var i = 0; i < conditions.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (proofs.IsUnsatisfiable(statement with { Conditions = [conditions[j], conditions[i]] }))
                {
                    return ($"both this test of `{conditions[i].Key.Value}` and that of `{conditions[j].Key.Value}`", conditions[i].Span);
                }
            }
        }

        return ("all tests of this condition", conditions[0].Span);
    }
}
