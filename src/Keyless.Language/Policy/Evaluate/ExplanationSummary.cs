using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>The cause of a verdict in one sentence: what decided and, for a refusal, the check that failed with both values.</summary>
public static class ExplanationSummary
{
    internal static string Of(
        in RequestView request,
        Judgement judgement,
        PolicyExplanation? policy,
        StatementExplanation? statement,
        ImmutableArray<NearMiss> nearMisses,
        PolicySet policies)
    {
        if (judgement.DecidedBy is not { } kind)
        {
            return $"`{request.Request.Action}` is always allowed";
        }

        if (statement is null)
        {
            return judgement.Verdict == Verdict.Allow
                ? $"allowed: {PolicyKinds.The(kind)} does not limit the account's root"
                : $"not allowed: {WithoutStatement(request, kind, policies)}";
        }

        var place = $"statement {Label(statement)} of {PolicyKinds.The(kind)}{Name(policy)}";
        return judgement.Verdict switch
        {
            Verdict.Allow => $"allowed by {place}",
            Verdict.ExplicitDeny => $"denied by {place}{Because(statement)}",
            _ => $"not allowed: {Obstacle(statement, nearMisses, FirstFailure)} ({place})",
        };
    }

    /// <summary>The same without the names of action, resource and caller, and with short ones of policies.</summary>
    internal static string BriefOf(
        in RequestView request,
        Judgement judgement,
        PolicyExplanation? policy,
        StatementExplanation? statement,
        ImmutableArray<NearMiss> nearMisses,
        PolicySet policies)
    {
        if (judgement is not { Verdict: not Verdict.Allow, DecidedBy: { } kind })
        {
            return Of(request, judgement, policy, statement, nearMisses, policies);
        }

        if (statement is null)
        {
            return kind == PolicyKind.Resource && request.IsAws && !request.SameAccount
                ? $"it belongs to account `{request.Request.ResourceAccount}`, and across accounts its own policy must let the caller in too"
                : WithoutStatement(request, kind, policies);
        }

        var name = Name(policy);
        var place = $"statement {Label(statement)} of {PolicyKinds.The(kind)}{(name.Contains(":policy/", StringComparison.Ordinal) ? $" `{name[(name.LastIndexOf('/') + 1)..]}" : name)}";
        return judgement.Verdict == Verdict.ExplicitDeny
            ? $"denied by {place}{Because(statement)}"
            : $"{Obstacle(statement, nearMisses, BriefFailure)} ({place})";
    }

    private static string Obstacle(StatementExplanation statement, ImmutableArray<NearMiss> nearMisses, Func<StatementExplanation, string> failure) =>
        nearMisses.Length > 0 && IsFirstFailure(nearMisses[0], statement) ? nearMisses[0].Message + Besides(statement) : failure(statement);

    /// <summary>A failed condition in words: what was wanted and what is there.</summary>
    public static string Describe(ConditionCheck check)
    {
        if (ConditionOperators.Find(check.Operator) is not { } use)
        {
            return check.Reason;
        }

        var key = use.Set switch
        {
            SetOperator.ForAllValues => $"every value of `{check.Key}`",
            SetOperator.ForAnyValue => $"one value of `{check.Key}`",
            _ => $"`{check.Key}`",
        };
        var wanted = use.Operator.Family == OperatorFamily.Null
            ? check.Wanted is ["true"] ? "to be absent" : "to be present"
            : $"{Verb(use.Operator.Name)} {Alternatives(check.Wanted)}";
        return $"the policy wants {key} {wanted}, {Got(check)}{Remark(check)}";
    }

    /// <summary>One or a few values for a sentence.</summary>
    public static string Alternatives(ImmutableArray<string> values) => values switch
    {
        [] => "one of no values",
        [var one] => $"`{one}`",
        [var one, var two] => $"`{one}` or `{two}`",
        [var one, var two, var three] => $"`{one}`, `{two}` or `{three}`",
        [var one, var two, ..] => $"`{one}`, `{two}` or one of {values.Length - 2} others",
    };

    private static string Got(ConditionCheck check) => check.Got is not { } got ? "the request has no such key" : got switch
    {
        [] => "the request has the key without a value",
        [var one] => $"the request has `{one}`",
        _ => $"the request has {string.Join(", ", got.Take(4).Select(v => $"`{v}`"))}{(got.Length > 4 ? $" and {got.Length - 4} more" : "")}",
    };

    /// <summary>Reasons that the two values alone do not show.</summary>
    private static string Remark(ConditionCheck check) =>
        check.Got is null || check.Reason is "no listed value matches" or "none of the listed values matches" or "the request has the key"
            || (check.Reason.StartsWith('`') && check.Reason.EndsWith("` matches", StringComparison.Ordinal)) || check.Reason.Contains(" is listed: ", StringComparison.Ordinal) ? "" : $": {check.Reason}";

    private static string FirstFailure(StatementExplanation statement)
    {
        if (statement.Elements.FirstOrDefault(e => !e.Holds) is { } element)
        {
            return element.Element switch
            {
                "Principal" => $"the caller `{element.Got}` is not {Alternatives(element.Wanted)}{Detail(element)}",
                "NotPrincipal" => $"the caller `{element.Got}` is excepted",
                "Action" => $"no statement allows `{element.Got}`; the closest allows {Alternatives(element.Wanted)}{Detail(element)}",
                "NotAction" => $"no statement allows `{element.Got}`; the closest excepts it",
                "Resource" => $"the resource `{element.Got}` is not {Alternatives(element.Wanted)}{Detail(element)}",
                _ => $"the resource `{element.Got}` is excepted",
            };
        }

        return Describe(statement.Conditions.First(c => !c.Holds)) + Besides(statement);
    }

    private static string BriefFailure(StatementExplanation statement) => statement.Elements.FirstOrDefault(e => !e.Holds) is { } element
        ? element.Element switch
        {
            "Principal" => $"the caller is not {Alternatives(element.Wanted)}{Detail(element)}",
            "NotPrincipal" => "the caller is excepted",
            "Action" => $"no statement allows the action; the closest allows {Alternatives(element.Wanted)}{Detail(element)}",
            "NotAction" => "no statement allows the action; the closest excepts it",
            "Resource" => $"the resource is not {Alternatives(element.Wanted)}{Detail(element)}",
            _ => "the resource is excepted",
        }
        : FirstFailure(statement);

    /// <summary>What else of the statement fails after its first: mending that one alone would not do.</summary>
    private static string Besides(StatementExplanation statement)
    {
        if (statement.Principal is { Holds: false })
        {
            // It is about others, and so are its conditions.
            return "";
        }

        var failed = statement.Conditions.Where(c => !c.Holds).Skip(statement.Elements.Any(e => !e.Holds) ? 0 : 1).ToList();
        return failed switch
        {
            [] => "",
            [var one] => $"; besides, {Describe(one)}",
            _ => $"; besides, {failed.Count} more conditions fail: {string.Join(", ", failed.Select(c => $"`{c.Key}`"))}",
        };
    }

    private static string Detail(ElementCheck element) => element.Reason.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0 ? element.Reason[colon..] : "";

    private static bool IsFirstFailure(NearMiss miss, StatementExplanation statement) =>
        statement.Elements.FirstOrDefault(e => !e.Holds) is { } element
            ? Inside(miss, element.Span.Start, element.Span.End)
            : statement.Conditions.FirstOrDefault(c => !c.Holds) is { } condition
                && (Inside(miss, condition.Span.Start, condition.Span.End) || miss.Span == condition.Condition.Operator.Span);

    private static bool Inside(NearMiss miss, int start, int end) => miss.Span.Start >= start && miss.Span.End <= end;

    private static string Because(StatementExplanation statement) =>
        statement.Conditions is [] ? "" : $": {string.Join(", ", statement.Conditions.Select(Fact))}";

    private static string Fact(ConditionCheck check)
    {
        var fact = check.Got is not { } got ? "is absent" : got.IsEmpty ? "has no value" : $"is {string.Join(", ", got.Take(3).Select(v => $"`{v}`"))}";
        var passes = check.Got is null && ConditionOperators.Find(check.Operator) is { Operator.Negated: true } ? ", and an absent key is none of the values" : "";
        return $"`{check.Key}` {fact} (`{check.Operator}` {Alternatives(check.Wanted)}{passes})";
    }

    private static string WithoutStatement(in RequestView request, PolicyKind kind, PolicySet policies) => kind switch
    {
        PolicyKind.Identity when policies.Identity.IsEmpty => "no identity policy is attached to the caller",
        PolicyKind.Resource when request.IsAws && !request.SameAccount =>
            $"the resource belongs to account `{request.Request.ResourceAccount}`, the caller to `{request.RequesterArn.Account}`: across accounts the resource needs a policy that lets the caller in",
        PolicyKind.Resource when policies.Resource is null && request.Request.Requester is Requester.Anonymous => "the request is not signed, and the resource has no policy that lets everybody in",
        PolicyKind.Resource when policies.Resource is null => "the resource has no policy that could allow it",
        PolicyKind.Trust => "the trust policy allows nobody",
        _ => $"{PolicyKinds.The(kind)} has no Allow statement",
    };

    private static string Label(StatementExplanation statement) => statement.Statement.Sid is { Value.Length: > 0 } ? $"`{statement.Label}`" : statement.Label;

    private static string Name(PolicyExplanation? policy) => policy?.Name is { } name && policy.Kind is PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session or PolicyKind.ServiceControl or PolicyKind.ResourceControl ? $" `{name}`" : "";

    private static string Verb(string name) => name switch
    {
        "StringEquals" or "NumericEquals" or "DateEquals" or "BinaryEquals" => "to equal",
        "StringNotEquals" or "NumericNotEquals" or "DateNotEquals" => "not to equal",
        "StringEqualsIgnoreCase" => "to equal, whatever the case,",
        "StringNotEqualsIgnoreCase" => "not to equal, whatever the case,",
        "StringLike" or "ArnLike" or "ArnEquals" => "to match",
        "StringNotLike" or "ArnNotLike" or "ArnNotEquals" => "not to match",
        "NumericLessThan" => "to be less than",
        "NumericLessThanEquals" => "to be at most",
        "NumericGreaterThan" => "to be more than",
        "NumericGreaterThanEquals" => "to be at least",
        "DateLessThan" => "to be before",
        "DateLessThanEquals" => "to be no later than",
        "DateGreaterThan" => "to be after",
        "DateGreaterThanEquals" => "to be no earlier than",
        "IpAddress" => "to be in",
        "NotIpAddress" => "not to be in",
        _ => "to be",
    };
}
