using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate.NearMisses;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>What to change so that a refused request is allowed: for each check that fails in the statement that decided, one clause.</summary>
internal static class Mending
{
    /// <summary>Empty when there is nothing to say: the verdict allows, or no statement comes close.</summary>
    public static ImmutableArray<string> Of(AccessRequest request, Verdict verdict, StatementExplanation? statement) => (verdict, statement) switch
    {
        (Verdict.Allow, _) or (_, null) => [],
        (Verdict.ExplicitDeny, _) => [Deny(request, statement)],
        _ => [.. Clauses(request, statement).Distinct(StringComparer.Ordinal)],
    };

    private static string Deny(AccessRequest request, StatementExplanation statement)
    {
        // Without the key, or with another value than the one that is not denied.
        foreach (var condition in statement.Conditions)
        {
            var use = ConditionOperators.Find(condition.Operator);
            var supply = condition.Got is null || use is { Operator.Negated: true } ? Supply(request, condition, use)
                : condition is { Key: "aws:SecureTransport", Got: ["false"] } ? "call over https"
                : null;
            if (supply is not null)
            {
                return $"{supply}, or except this request from the Deny of statement {Label(statement)}";
            }
        }

        if (statement.Conditions.FirstOrDefault(c => c.Got is null) is { } absent)
        {
            return $"{Bring(request, absent)}, or except requests without it from the Deny of statement {Label(statement)}";
        }

        return statement.Conditions.FirstOrDefault(c => ConditionOperators.Find(c.Operator) is { Operator.Negated: true }) is { Got: [var spared] } negated
            ? $"if `{spared}` is meant, add it to the values for `{negated.Key}` in statement {Label(statement)}"
            : $"take the Deny out of statement {Label(statement)}, or except this request from it";
    }

    private static IEnumerable<string> Clauses(AccessRequest request, StatementExplanation statement)
    {
        foreach (var element in statement.FailedElements)
        {
            yield return ElementNearMiss.Of(request, statement.Statement, element)?.Change ?? Of(request, element, statement);
        }

        foreach (var condition in statement.FailedConditions(request))
        {
            yield return NearMissFinder.Of(request, condition)?.Change ?? Of(request, condition);
        }
    }

    private static string Of(AccessRequest request, ElementCheck element, StatementExplanation statement) => element.Element switch
    {
        "Principal" when request.Requester is Requester.Federated => $"write `{{ \"Federated\": \"{element.Got}\" }}`",
        "Principal" => $"if `{element.Got}` is meant, name it in statement {Label(statement)}",
        "Action" or "Resource" => $"allow `{element.Got}` in statement {Label(statement)}, or in one of its own",
        _ => $"take `{element.Got}` out of `{element.Element}` in statement {Label(statement)}",
    };

    private static string Of(AccessRequest request, ConditionCheck check)
    {
        var use = ConditionOperators.Find(check.Operator);
        var supply = use is { Operator.Negated: true } ? null : Supply(request, check, use);
        if (use is { Operator.Family: OperatorFamily.Null })
        {
            return supply is not null && check.Wanted is ["false"] ? supply : $"do not ask for `{check.Key}` to be {(check.Wanted is ["true"] ? "absent" : "present")}";
        }

        if (check is { Key: "aws:SecureTransport", Got: ["false"] })
        {
            return "call over https";
        }

        if (supply is null && check is { Key: "sts:RoleSessionName", Wanted: [var name, ..], Got: [var given] } && use is { Operator.Negated: false })
        {
            return $"ask with the session name `{name}` (`role-session-name`), or admit `{given}`";
        }

        if (use is { Operator.Family: OperatorFamily.Bool } && check.Got is [not ("true" or "false")])
        {
            return $"write `StringEquals` in place of `{check.Operator}`";
        }

        if (check.Got is not [var got, ..])
        {
            return supply ?? $"have the request bring `{check.Key}`, or do not ask for it";
        }

        var admit = use is { Operator.Negated: true } ? $"if `{got}` is meant, take it out of the values for `{check.Key}`"
            : use is { Operator.Family: OperatorFamily.String or OperatorFamily.Arn or OperatorFamily.Bool } or { Operator.Name: "NumericEquals" } ? $"if `{got}` is meant, admit it for `{check.Key}`"
            : $"if `{got}` is meant, widen the condition on `{check.Key}`";
        return supply is null ? admit : $"{supply}; or {admit}";
    }

    /// <summary>How a job comes to have what a Deny misses.</summary>
    private static string Bring(AccessRequest request, ConditionCheck absent)
    {
        if (absent is { IsClaim: true, Name: "environment" })
        {
            var spared = ConditionOperators.Find(absent.Operator) is { Operator.Negated: true } && absent.Wanted is [var value, ..] ? " " + value : "";
            return $"give the job `environment:{spared}`";
        }

        return KeyNearMiss.Of(request, absent)?.Change ?? $"have the request bring `{absent.Key}`";
    }

    private static string? Supply(AccessRequest request, ConditionCheck check, OperatorUse? use) =>
        KeySupply.Of(request, check.Key, use is { Operator.Family: OperatorFamily.Null } ? null : check.Wanted.FirstOrDefault());

    private static string Label(StatementExplanation statement) => statement.Statement.Sid is { Value.Length: > 0 } ? $"`{statement.Label}`" : statement.Label;
}
