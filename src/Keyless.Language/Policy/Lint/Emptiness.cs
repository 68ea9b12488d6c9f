using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint;

/// <summary>Why a statement applies to no request at all. What is returned is certain; null means not known.</summary>
internal static class Emptiness
{
    public static string? Reason(LintedStatement statement)
    {
        if (statement.Action is { Negated: false, Patterns: var actions } && !actions.IsEmpty && actions.All(a => a.Value.Any(char.IsWhiteSpace) || a.Value.Length == 0))
        {
            return "none of its actions exists";
        }

        if (statement.Action is { Negated: false, Patterns.IsEmpty: true } || statement.Resource is { Negated: false, Patterns.IsEmpty: true } || statement.Principal is { Negated: false, Values.IsEmpty: true })
        {
            return "one of its lists is empty";
        }

        if (statement.Principal is { Negated: false, Values: var callers } && callers.All(v => v.Type == PrincipalType.Federated) && !statement.Action.Negated
            && statement.Action.Patterns.All(p => p.Value.StartsWith("sts:", StringComparison.OrdinalIgnoreCase))
            && TrustAction.Of(statement).ToList() is { Count: > 0 } called && !callers.Any(v => called.Exists(a => a.Takes(v))))
        {
            return $"`{statement.Action.Patterns[0].Value}` is not called by {TrustAction.Named(callers[0])}";
        }

        foreach (var test in statement.Tests)
        {
            if (test.Operator is { RequiresKey: true } && AbsentKey.IsNeverThere(statement, test))
            {
                return $"the key `{test.Key.Value}` is in no request";
            }

            if (NeverHolds(test) is { } reason)
            {
                return reason;
            }
        }

        if (statement.Contradiction is (_, var contradiction))
        {
            return contradiction;
        }

        return statement.GitHub is { } github ? DeadSubject(github) : null;
    }

    /// <summary>Why a test holds for no request.</summary>
    public static string? NeverHolds(Test test)
    {
        if (test.Operator is not { } op)
        {
            return $"`{test.Condition.Operator.Value}` is no operator, so the condition never holds";
        }

        if (!op.RequiresKey)
        {
            return op is { Family: OperatorFamily.Null, Set: SetOperator.ForAnyValue } ? $"`{op.Text}` never holds" : null;
        }

        if (test.Values.IsEmpty)
        {
            return $"`{test.Key.Value}` has no value to match";
        }

        if (op.Set == SetOperator.None && test.KnownKey is { IsMultivalued: true })
        {
            return $"`{test.Key.Value}` holds many values, which `{op.Text}` never matches";
        }

        return test.Values.All(v => IsHopeless(op, v.Value)) ? $"no value of `{test.Key.Value}` can match" : null;
    }

    /// <summary>Whether a value matches nothing because of its own form.</summary>
    private static bool IsHopeless(OperatorName op, string value) => op.Family switch
    {
        _ when value.Contains("${", StringComparison.Ordinal) => false,
        OperatorFamily.IpAddress => AddressRange.Parse(value) is null,
        OperatorFamily.Numeric => !ValueSyntax.IsNumber(value),
        OperatorFamily.Date => !ValueSyntax.IsDate(value),
        OperatorFamily.Bool => !bool.TryParse(value, out _),
        OperatorFamily.Binary => !System.Buffers.Text.Base64.IsValid(value),
        _ => false,
    };

    private static string? DeadSubject(GitHubStatement statement)
    {
        foreach (var group in statement.Subjects.GroupBy(s => s.Test))
        {
            if (group.Key.RequiresKey && group.All(s => !s.Pattern.IsCustomised && !s.Value.Value.Contains("${", StringComparison.Ordinal)
                && (!s.Pattern.IsRealisable || (s.Test.Operator!.IsStringEquals && Glob.HasWildcard(s.Value.Value)))))
            {
                return $"no token has the subject `{group.First().Value.Value}`";
            }
        }

        return null;
    }
}
