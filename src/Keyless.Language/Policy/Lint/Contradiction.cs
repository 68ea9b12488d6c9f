using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint;

/// <summary>
/// Tests of one statement that exclude each other, found by looking at two of them at a time: it may miss one, it never claims one
/// wrongly.
/// </summary>
internal static class Contradiction
{
    /// <summary>The later of two tests that cannot both hold, and why; null when none was found.</summary>
    public static (Test Test, string Reason)? In(LintedStatement statement)
    {
        var tests = statement.Tests;
        for (var i = 0; i < tests.Length; i++)
        {
            if (Alone(statement, tests[i]) is { } reason)
            {
                return (tests[i], reason);
            }

            for (var j = 0; j < i; j++)
            {
                if (tests[i].Names(tests[j].Key.Value) && Exclude(tests[j], tests[i]))
                {
                    return (tests[i], $"no value of `{tests[i].Key.Value}` meets both this and the test with `{tests[j].Condition.Operator.Value}`");
                }
            }
        }

        return statement.GitHub is { } github ? WithSubject(github) : null;
    }

    /// <summary>A demand for the absence of a key that is always there.</summary>
    private static string? Alone(LintedStatement statement, Test test)
    {
        if (DemandsAbsence(test) && AbsentKey.IsAlwaysThere(statement, test))
        {
            return $"`{test.Key.Value}` is in every request, so it is never absent";
        }

        return test.Provider is { IsGitHub: true } claim && test.Operator is { RequiresKey: true, Family: OperatorFamily.String } op && !IgnoresCase(op)
            && FormOf(claim.Claim) is var (form, shapes) && !test.Values.IsEmpty
            && test.Values.All(v => !v.Value.Contains("${", StringComparison.Ordinal) && !shapes.Any(s => s.Meets(TextShape.OfPattern(v.Value, op.HasWildcards))))
            ? $"no token has the {claim.Claim} `{test.Values[0].Value}`: {form}"
            : null;
    }

    /// <summary>What values of a claim look like. GitHub Docs, "OpenID Connect reference".</summary>
    private static (string Form, TextShape[] Shapes)? FormOf(string claim) => claim.ToLowerInvariant() switch
    {
        "ref" => ("refs are written in full, `refs/heads/main` or `refs/tags/v1`",
            [TextShape.Of(""), TextShape.Of("refs/heads/", Letters.RefName), TextShape.Of("refs/tags/", Letters.RefName), TextShape.Of("refs/pull/", Letters.Digits, "/", Letters.RefName)]),
        "repository" => ("it is written `owner/name`, without ids", [TextShape.Of(Letters.Login, "/", Letters.RepositoryName)]),
        "repository_id" or "repository_owner_id" or "actor_id" or "enterprise_id" => ("it is a number", [TextShape.Of(Letters.Digits)]),
        "job_workflow_ref" => ("it is written `owner/name/.github/workflows/file.yml@ref`",
            [TextShape.Of(Letters.Login, "/", Letters.RepositoryName, "/", Letters.Any, "@", Letters.Any)]),
        _ => null,
    };

    private static bool Exclude(Test a, Test b)
    {
        if (a.Operator is not { } x || b.Operator is not { } y)
        {
            return false;
        }

        // Present for one, absent for the other.
        if ((DemandsAbsence(a) && y.RequiresKey) || (DemandsAbsence(b) && x.RequiresKey))
        {
            return true;
        }

        var single = a.KnownKey is { IsMultivalued: false };
        return single && IsText(x) && IsText(y) && x.RequiresKey && y.RequiresKey && !a.Values.IsEmpty && !b.Values.IsEmpty
            && a.Values.Concat(b.Values).All(v => !v.Value.Contains("${", StringComparison.Ordinal))
            && !a.Values.Any(v => b.Values.Any(w => Meet(x, v, y, w)));
    }

    private static bool Meet(OperatorName x, Located<string> v, OperatorName y, Located<string> w) =>
        TextShape.OfPattern(v.Value, x.HasWildcards).Meets(TextShape.OfPattern(w.Value, y.HasWildcards), ignoreCase: IgnoresCase(x) || IgnoresCase(y));

    /// <summary>A subject says which repository, ref and environment the job has: the other claims have to agree with it.</summary>
    private static (Test Test, string Reason)? WithSubject(GitHubStatement statement)
    {
        var subjects = statement.Subjects.Where(s => s.Test.RequiresKey && s.Pattern.IsRepository && !s.Pattern.IsCustomised && s.Pattern.IsRealisable).ToList();
        var whole = subjects.Count > 0 && subjects.Count == statement.Subjects.Length && subjects.All(s => !s.Value.Value.Contains("${", StringComparison.Ordinal));
        if (!whole)
        {
            return null;
        }

        foreach (var (claim, head) in (ReadOnlySpan<(string, string)>)[("ref", "ref:"), ("environment", "environment:")])
        {
            if (Positive(statement, claim) is { } test && subjects.TrueForAll(s => s.Pattern.Context is { } context
                && !test.Values.Any(v => Agrees(s, context, head, v.Value, test.Operator!))))
            {
                return (test, $"no token has both a `{claim}` that meets this and the subject `{subjects[0].Value.Value}`");
            }
        }

        if (Positive(statement, "repository") is { } repository && subjects.TrueForAll(s => s.Pattern.NamesOneRepository
            && !repository.Values.Any(v => TextShape.OfPattern(s.Pattern.Names, wildcards: false).Meets(TextShape.OfPattern(v.Value, repository.Operator!.HasWildcards)))))
        {
            return (repository, $"no token of another repository has the subject `{subjects[0].Value.Value}`");
        }

        return null;
    }

    /// <summary>Whether some job has both this context in its subject and a claim that matches.</summary>
    private static bool Agrees(Subject subject, string context, string head, string value, OperatorName op)
    {
        var pattern = TextShape.OfPattern(context, subject.Pattern.HasWildcards);
        if (head == "environment:")
        {
            return pattern.Meets(TextShape.Of("environment:", Letters.EnvironmentName))
                && TextShape.OfPattern($"environment:{value.Replace(":", "%3A", StringComparison.Ordinal)}", op.HasWildcards).Meets(pattern);
        }

        // With an environment the subject hides the ref, which may then be any; a pull request's is its merge ref.
        return pattern.Meets(TextShape.Of("environment:", Letters.EnvironmentName))
            || TextShape.OfPattern($"ref:{value}", op.HasWildcards).Meets(pattern)
            || (pattern.Meets(TextShape.Of("pull_request")) && TextShape.OfPattern(value, op.HasWildcards).Meets(TextShape.Of("refs/pull/", Letters.Digits, "/merge")));
    }

    private static Test? Positive(GitHubStatement statement, string claim) =>
        statement.TestsOf(claim).FirstOrDefault(t => t.Operator is { } op && IsText(op) && !IgnoresCase(op) && op.RequiresKey && !t.Values.IsEmpty
            && t.Values.All(v => !v.Value.Contains("${", StringComparison.Ordinal)));

    private static bool IsText(OperatorName op) => op.Family == OperatorFamily.String;

    private static bool IgnoresCase(OperatorName op) => op.Base.EndsWith("IgnoreCase", StringComparison.Ordinal);

    private static bool DemandsAbsence(Test test) => test.Operator is { Family: OperatorFamily.Null, Set: SetOperator.None } && IsAll(test, "true");

    private static bool IsAll(Test test, string value) => !test.Values.IsEmpty && test.Values.All(v => v.Value.Equals(value, StringComparison.OrdinalIgnoreCase));
}
