using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>How the value of a request just misses the values a condition lists.</summary>
internal static class ValueNearMiss
{
    private static readonly RequestContext Empty = new();

    public static NearMiss? Of(AccessRequest request, ConditionCheck check)
    {
        if (ConditionOperators.Find(check.Operator) is not { } use)
        {
            return OfOperator(check);
        }

        if (use.Set == SetOperator.None && check.Got is { Length: > 1 })
        {
            return new NearMiss("list-under-plain-operator", $"`{check.Key}` is a list here, and `{check.Operator}` compares one value",
                $"write `ForAnyValue:{check.Operator}` or `ForAllValues:{check.Operator}`", check.Condition.Operator.Span);
        }

        if (use.Operator.Negated || check.Got is not { Length: > 0 } got)
        {
            return null;
        }

        var misses = from value in got
                     from i in Suggest.ByCloseness(value, Enumerable.Range(0, check.Wanted.Length), i => check.Wanted[i])
                     let miss = OfPair(request, use, check, check.Wanted[i], value, check.Condition.Values[i].Span)
                     where miss is not null
                     select miss;
        return misses.OrderBy(NearMissFinder.Rank).FirstOrDefault() ?? Malformed(use, check);
    }

    /// <summary>Null when the operator exists.</summary>
    public static NearMiss? OfOperator(ConditionCheck check)
    {
        if (ConditionOperators.Find(check.Operator) is not null)
        {
            return null;
        }

        var near = ConditionOperators.Nearest(check.Operator);
        return new NearMiss("operator-unknown", $"there is no operator `{check.Operator}`, so the condition never holds",
            near is null ? "operators are listed in IAM's \"Condition operators\"" : $"did you mean `{near}`?", check.Condition.Operator.Span);
    }

    private static NearMiss? OfPair(AccessRequest request, OperatorUse use, ConditionCheck check, string wanted, string got, SourceSpan span)
    {
        if (use.Operator.Family is not (OperatorFamily.String or OperatorFamily.Arn))
        {
            return null;
        }

        if (use.Operator.Family == OperatorFamily.Arn && !Arn.TryParse(got, out _))
        {
            return new NearMiss("no-arn", $"`{check.Operator}` compares ARNs, and {check.Named}, `{got}`, is none", $"write `StringLike` in place of `{check.Operator}`", check.Condition.Operator.Span);
        }

        var wildcards = use.Operator.Family == OperatorFamily.Arn || use.Operator.Name == "StringLike";
        if (ValueSlip.Of(wanted, text => Like(text, got, wildcards, ignoreCase: false), text => Like(text, got, wildcards: true, ignoreCase: false), span) is { } written)
        {
            return written;
        }

        if (check.Key.EndsWith(":aud", StringComparison.OrdinalIgnoreCase) && !wanted.AsSpan().ContainsAny('*', '?'))
        {
            return Audience(check, wanted, got, span);
        }

        if (Like(wanted, got, wildcards, ignoreCase: true))
        {
            var (here, there) = Difference.Of(wanted, got);
            return new NearMiss("differs-in-case", $"{check.Named} {(there == got ? "is" : "has")} `{there}`, the policy has `{here}`: they differ only in case, and `{check.Operator}` compares with case",
                Like(wanted, got, wildcards: false, ignoreCase: true) ? $"write `{got}`" : $"write it with the capitals of `{got}`", span);
        }

        if (!wildcards && Like(wanted, got, wildcards: true, ignoreCase: false))
        {
            var meant = check.Operator.Replace("StringEqualsIgnoreCase", "StringLike", StringComparison.OrdinalIgnoreCase).Replace("StringEquals", "StringLike", StringComparison.OrdinalIgnoreCase);
            return new NearMiss("wildcard-in-equals", $"`*` and `?` in `{wanted}` are plain characters under `{check.Operator}`; as a pattern it would match `{got}`", $"write `{meant}` in place of `{check.Operator}`", check.Condition.Operator.Span);
        }

        if (wanted.IndexOf("${", StringComparison.Ordinal) is >= 0 and var variable)
        {
            if (wanted.IndexOf('}', variable) is > 0 and var end && !wanted.AsSpan(variable, end - variable).Contains(':'))
            {
                return new NearMiss("variable-of-another-tool", $"`{wanted}` holds a variable that no policy has: another tool was to fill it in", "have the tool fill it in, or write the value itself", span);
            }

            return new NearMiss("variable-not-filled", $"`{wanted}` stands as text: its variable has no value here, or the policy's `Version` is not `2012-10-17`", "set `\"Version\": \"2012-10-17\"`, and give the variable a default: `${key, 'default'}`", span);
        }

        if (check.Key.EndsWith(":sub", StringComparison.OrdinalIgnoreCase))
        {
            var repository = request.Context[check.Key[..^"sub".Length] + "repository"]?.Values is [var name] ? name : null;
            return use.Operator.Name == "StringEqualsIgnoreCase"
                ? new SubjectNearMiss(got.ToLowerInvariant(), [.. check.Wanted.Select(value => value.ToLowerInvariant())], repository, wildcards).Of(wanted.ToLowerInvariant(), span)
                : new SubjectNearMiss(got, check.Wanted, repository, wildcards).Of(wanted, span);
        }

        if (check.Key.EndsWith(":repository", StringComparison.OrdinalIgnoreCase) && wanted.Contains("github.com/", StringComparison.OrdinalIgnoreCase))
        {
            return new NearMiss("address-instead-of-name", $"`{wanted}` is the repository's address, the token has its name: `{got}`", $"write `{got}`", span);
        }

        if (check.Key.EndsWith(":ref", StringComparison.OrdinalIgnoreCase) && got.EndsWith("/" + wanted, StringComparison.Ordinal))
        {
            return new NearMiss("ref-not-full", $"`{wanted}` is not the full name of the ref: the token has `{got}`", $"write `{got}`", span);
        }

        if (check.Key.EndsWith(":job_workflow_ref", StringComparison.OrdinalIgnoreCase) && got.StartsWith(wanted + "@", StringComparison.Ordinal))
        {
            return new NearMiss("workflow-without-ref", $"the policy names the workflow file without its ref, the token has `{got[wanted.Length..]}` behind it", $"write `{got}`", span);
        }

        if (check.Key.EndsWith(":job_workflow_ref", StringComparison.OrdinalIgnoreCase) && wanted.Contains('@', StringComparison.Ordinal) && got.StartsWith(wanted.Split('@')[0] + "@", StringComparison.Ordinal))
        {
            return new NearMiss("workflow-at-another-ref", $"the workflow file is the one the policy names, but at `{got[(got.IndexOf('@', StringComparison.Ordinal) + 1)..]}`, not at `{wanted[(wanted.IndexOf('@', StringComparison.Ordinal) + 1)..]}`", $"if this ref is meant, write `{got}`", span);
        }

        return Suggest.Nearest(wanted, [got]) is not null && wanted.Length > 4 && !wildcards && Distance(wanted, got) <= 2
            ? new NearMiss("misspelt", $"{check.Named} is `{got}`, the policy's `{wanted}` differs by a character or two", $"write `{got}`", span)
            : null;
    }

    /// <summary>A value that no request can match, because the operator cannot read it.</summary>
    private static NearMiss? Malformed(OperatorUse use, ConditionCheck check)
    {
        foreach (var value in check.Condition.Values)
        {
            if (use.Operator.Read(value.Value, PolicyVersion.V20121017).Problem is { } problem)
            {
                return new NearMiss("value-malformed", $"{problem}, so it matches nothing", use.Operator.Family switch
                {
                    OperatorFamily.Numeric => "write a decimal number: `10`, `-2.5`, `1e3`",
                    OperatorFamily.Date => "write a date-time such as `2026-01-31T12:00:00Z`",
                    OperatorFamily.IpAddress => "write an address or a network: `192.0.2.0/24`, `2001:db8::/32`",
                    OperatorFamily.Arn => "write six fields, with `*` for those that may be anything",
                    OperatorFamily.Binary => "write the bytes in base64, with padding",
                    _ => "write `true` or `false`",
                }, value.Span);
            }
        }

        return null;
    }

    private static NearMiss Audience(ConditionCheck check, string wanted, string got, SourceSpan span)
    {
        // The one that AWS's action asks for is right on whichever side it stands.
        var (policyIsRight, write) = (got != Audiences.Aws, $"write `{got}`");
        if (Slip.Of(policyIsRight ? got : wanted, policyIsRight ? wanted : got) is { } slip)
        {
            return policyIsRight
                ? new NearMiss("audience-slip", $"the token's audience `{got}` {slip}, unlike the policy's `{wanted}`", Audiences.AskFor(wanted), span)
                : new NearMiss("audience-slip", $"the policy's audience `{wanted}` {slip}, unlike the token's `{got}`", write, span);
        }

        var others = check.Wanted.Length - 1;
        return new NearMiss(
            "audience-of-another-client",
            $"the token's audience is `{got}`, the policy admits `{wanted}`{(others == 0 ? "" : others == 1 ? " and one other" : $" and {others} others")}",
            Audiences.IsDefault(got) ? $"`{got}` is GitHub's default: {Audiences.AskFor(wanted)}"
                : Audiences.IsDefault(wanted) ? $"{write}: tokens for AWS are asked for with that audience"
                : $"{Audiences.AskFor(wanted)}; or {write} if that client is meant",
            span);
    }

    private static bool Like(string pattern, string value, bool wildcards, bool ignoreCase) =>
        TextPattern.Parse(pattern, wildcards, variables: false, ignoreCase).Match(value, Empty) == PatternMatch.Yes;

    /// <summary>Differing characters of texts of about one length; more than 2 is not a slip.</summary>
    internal static int Distance(string a, string b)
    {
        var head = a.AsSpan().CommonPrefixLength(b);
        var (tailA, tailB) = (a.Length - 1, b.Length - 1);
        while (tailA >= head && tailB >= head && a[tailA] == b[tailB])
        {
            (tailA, tailB) = (tailA - 1, tailB - 1);
        }

        return Math.Max(tailA, tailB) - head + 1;
    }
}
