using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate.NearMisses;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>The cause of a verdict in one sentence: what decided and, for a refusal, the check that failed with both values.</summary>
public static class ExplanationSummary
{
    /// <summary>Two failures are both told where they leave room on a first line; else the second by its name.</summary>
    private const int MostForTwo = 150;

    /// <summary>Of a refusal for want of an Allow it is the reason alone; other verdicts begin with their word.</summary>
    /// <param name="others">How many other statements might have allowed the request.</param>
    /// <param name="brief">Without the names of action, resource and caller, and with short ones of policies.</param>
    internal static string Of(
        in RequestView request,
        Judgement judgement,
        PolicyExplanation? policy,
        StatementExplanation? statement,
        int others,
        PolicySet policies,
        bool brief = false)
    {
        if (judgement.DecidedBy is not { } kind)
        {
            return $"`{request.Request.Action}` is always allowed";
        }

        if (statement is null)
        {
            return judgement.Verdict == Verdict.Allow ? $"allowed: {PolicyKinds.The(kind)} does not limit the account's root" : WithoutStatement(request, kind, policies, brief);
        }

        var place = $"statement {Label(statement)} of {PolicyKinds.The(kind)}{Name(policy, brief)}";
        return judgement.Verdict switch
        {
            Verdict.Allow => $"allowed by {place}",
            Verdict.ExplicitDeny => $"denied by {place}{Because(request.Request, statement)}",
            _ => $"{Failures(request.Request, statement, brief)} ({place}{others switch { 0 => "", 1 => "; 1 other fails too", _ => $"; {others} others fail too" }})",
        };
    }

    /// <summary>A failed condition in words: what was wanted and what is there.</summary>
    private static string Describe(ConditionCheck check)
    {
        if (ConditionOperators.Find(check.Operator) is not { } use)
        {
            return check.Reason;
        }

        var values = check.Got is [var only] ? [.. Suggest.ByCloseness(only, check.Wanted, value => value)] : check.Wanted;
        var wish = use switch
        {
            { Operator.Family: OperatorFamily.Null } => $"it to be {(check.Wanted is ["true"] ? "absent" : "present")}",
            { Set: SetOperator.ForAllValues } => $"every value {Verb(use.Operator.Name)} {Alternatives(values)}",
            { Set: SetOperator.ForAnyValue } => $"one value {Verb(use.Operator.Name)} {Alternatives(values)}",
            { Operator: { Name: "StringEquals", Negated: false } } => Alternatives(values),
            _ => $"it {Verb(use.Operator.Name)} {Alternatives(values)}",
        };
        if (wish == Alternatives(values) && (values, check.Got) is ([var wanted], [var got]) && Difference.Of(wanted, got) is var (here, there) && there != got)
        {
            return $"{check.Named} has `{there}` where the policy has `{here}`";
        }

        return $"{Got(check)}, the policy wants {wish}{Remark(check)}";
    }

    /// <summary>One or a few values for a sentence.</summary>
    private static string Alternatives(ImmutableArray<string> values) => values switch
    {
        [] => "one of no values",
        [var one] => $"`{one}`",
        [var one, var two] => $"`{one}` or `{two}`",
        [var one, var two, var three] => $"`{one}`, `{two}` or `{three}`",
        [var one, ..] => $"`{one}` or one of {values.Length - 1} others",
    };

    private static string Got(ConditionCheck check) => check.Got switch
    {
        null => $"the request has no key `{check.Key}`",
        [] => $"{check.Named} has no value",
        [var one] => $"{check.Named} is `{one}`",
        { } got => $"{check.Named} is {string.Join(", ", got.Take(4).Select(v => $"`{v}`"))}{(got.Length > 4 ? $" and {got.Length - 4} more" : "")}",
    };

    /// <summary>Reasons that the two values alone do not show.</summary>
    private static string Remark(ConditionCheck check) =>
        check.Got is null || check.Reason is "no listed value matches" or "none of the listed values matches" or "the request has the key"
            || (check.Reason.StartsWith('`') && check.Reason.EndsWith("` matches", StringComparison.Ordinal)) || check.Reason.Contains(" is listed: ", StringComparison.Ordinal) ? "" : $": {check.Reason}";

    /// <summary>Why the statement does not apply: its first check that fails, and the others too, since mending that one alone would not do.</summary>
    private static string Failures(AccessRequest request, StatementExplanation statement, bool brief)
    {
        // That a statement for another provider tests that provider's keys is the same failure once more.
        var conditions = statement.FailedConditions(request)
            .Where(condition => statement.Principal is not { Holds: false } || NearMissFinder.Of(request, condition) is not { Id: "key-of-another-provider" }).ToList();
        var failures = statement.FailedElements.Take(1).Select(element => ElementNearMiss.Of(request, statement.Statement, element)?.Message ?? Describe(element, brief))
            .Concat(conditions.Select(condition => NearMissFinder.Of(request, condition)?.Message ?? Describe(condition))).ToList();
        return failures switch
        {
            [var one] => one,
            [var one, var two] when one.Length + two.Length <= MostForTwo => $"{one}; besides, {two}",
            [var one, ..] => $"{one}; {string.Join(", ", conditions.TakeLast(failures.Count - 1).Select(condition => $"`{condition.Name}`"))} {(failures.Count == 2 ? "fails" : "fail")} too",
            [] => "",
        };
    }

    private static string Describe(ElementCheck element, bool brief)
    {
        var got = brief ? "" : $" `{element.Got}`";
        var action = brief ? "the action" : $"`{element.Got}`";
        return element.Element switch
        {
            "Principal" => $"the caller{got} is not {Alternatives(element.Wanted)}{Detail(element)}",
            "NotPrincipal" => $"the caller{got} is excepted",
            "Action" => $"no statement allows {action}; the closest allows {Alternatives(element.Wanted)}{Detail(element)}",
            "NotAction" => $"no statement allows {action}; the closest excepts it",
            "Resource" => $"the resource{got} is not {Alternatives(element.Wanted)}{Detail(element)}",
            _ => $"the resource{got} is excepted",
        };
    }

    private static string Detail(ElementCheck element) => element.Reason.IndexOf(": ", StringComparison.Ordinal) is var colon and >= 0 ? element.Reason[colon..] : "";

    private static string Because(AccessRequest request, StatementExplanation statement) =>
        statement.Conditions is [] ? "" : $": {string.Join("; ", statement.Conditions.Select(condition => Fact(request, condition)))}";

    /// <summary>Why a Deny's condition holds: a negated one spares what it lists.</summary>
    private static string Fact(AccessRequest request, ConditionCheck check) => ConditionOperators.Find(check.Operator) switch
    {
        { Operator.Negated: true } => $"{Got(request, check)}, and only {Alternatives(check.Wanted)} {(check.Wanted.Length > 1 ? "are" : "is")} spared",
        { Operator.Family: OperatorFamily.String or OperatorFamily.Arn } when check.Got is [var got] && check.Wanted is [var wanted] && got != wanted => $"{Got(request, check)}, which `{wanted}` matches",
        { Operator.Family: OperatorFamily.Numeric or OperatorFamily.Date or OperatorFamily.IpAddress } => $"{Got(request, check)} (`{check.Operator}` {Alternatives(check.Wanted)})",
        _ => Got(request, check),
    };

    private static string Got(AccessRequest request, ConditionCheck check) => (check.Got is null ? KeyNearMiss.Of(request, check)?.Message : null) ?? Got(check);

    private static string WithoutStatement(in RequestView request, PolicyKind kind, PolicySet policies, bool brief) => kind switch
    {
        PolicyKind.Identity when policies.Identity.IsEmpty => "no identity policy is attached to the caller",
        PolicyKind.Resource when request.IsAws && !request.SameAccount && brief =>
            $"it belongs to account `{request.Request.ResourceAccount}`, and across accounts its own policy must let the caller in too",
        PolicyKind.Resource when request.IsAws && !request.SameAccount =>
            $"the resource belongs to account `{request.Request.ResourceAccount}`, the caller to `{request.RequesterArn.Account}`: across accounts the resource needs a policy that lets the caller in",
        PolicyKind.Resource when policies.Resource is null && request.Request.Requester is Requester.Anonymous => "the request is not signed, and the resource has no policy that lets everybody in",
        PolicyKind.Resource when policies.Resource is null => "the resource has no policy that could allow it",
        PolicyKind.Trust => "the trust policy allows nobody",
        _ => $"{PolicyKinds.The(kind)} has no Allow statement",
    };

    private static string Label(StatementExplanation statement) => statement.Statement.Sid is { Value.Length: > 0 } ? $"`{statement.Label}`" : statement.Label;

    private static string Name(PolicyExplanation? policy, bool brief) => policy?.Name is { } name && name != PolicyKinds.Name(policy.Kind) && policy.Kind is PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session or PolicyKind.ServiceControl or PolicyKind.ResourceControl
        ? $" `{(brief && name.Contains(":policy/", StringComparison.Ordinal) ? name[(name.LastIndexOf('/') + 1)..] : name)}`"
        : "";

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
