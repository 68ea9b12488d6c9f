using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>Puts into words why a condition holds or not.</summary>
internal static class ConditionReason
{
    public static string Of(CompiledCondition condition, Truth truth, ContextValue? got, RequestContext context)
    {
        if (condition.Use is not { } use)
        {
            return $"there is no operator `{condition.Source.Operator.Value}`, so the condition never holds";
        }

        if (use.Operator.Family == OperatorFamily.Null)
        {
            return OfNull(condition, use, got);
        }

        if (got is null)
        {
            return OfAbsentKey(condition, use);
        }

        if (condition.Values.IsEmpty && truth == Truth.False)
        {
            return "the policy lists no value, and without one nothing matches";
        }

        if (use.Set == SetOperator.None && got.IsMultivalued)
        {
            return got.Values.IsEmpty
                ? truth == Truth.True ? "the key has no values, so none of the listed ones matches" : "the key has no values"
                : $"the key is a list, and `{use.Operator.Name}` compares one value: it needs `ForAnyValue:` or `ForAllValues:`";
        }

        if (use.Set == SetOperator.ForAllValues && got.Values.IsEmpty)
        {
            return "the key has no values, and `ForAllValues` is true of none";
        }

        return Compared(condition, use, truth, got, context);
    }

    private static string OfNull(CompiledCondition condition, OperatorUse use, ContextValue? got) => use.Set switch
    {
        SetOperator.ForAllValues => "`ForAllValues:Null` always holds",
        SetOperator.ForAnyValue => "`ForAnyValue:Null` never holds",
        _ when condition.Values.FirstOrDefault(v => v.Problem is not null)?.Problem is { } problem => problem,
        _ => got is null ? "the request has no such key" : "the request has the key",
    };

    private static string OfAbsentKey(CompiledCondition condition, OperatorUse use) => use.Set switch
    {
        SetOperator.ForAllValues => "the request has no such key, and `ForAllValues` is true of no values",
        SetOperator.ForAnyValue => "the request has no such key",
        _ when use.IfExists => "the request has no such key, which `IfExists` lets pass",
        _ when condition.Values.IsEmpty => "the request has no such key, and the policy lists no value",
        _ when use.Operator.Negated => "the request has no such key, so it has none of the listed values",
        _ => "the request has no such key",
    };

    private static string Compared(CompiledCondition condition, OperatorUse use, Truth truth, ContextValue got, RequestContext context)
    {
        // The value that decided: the first that passes for ForAnyValue, that fails for ForAllValues.
        foreach (var value in got.Values)
        {
            for (var i = 0; i < condition.Values.Length; i++)
            {
                if (condition.Values[i].Compare(value, context) == Comparison.Equal && use.Operator.Negated != (truth == Truth.True))
                {
                    return use.Operator.Negated ? $"`{value}` is listed: `{condition.Source.Values[i].Value}`" : $"`{condition.Source.Values[i].Value}` matches";
                }
            }
        }

        for (var i = 0; i < condition.Values.Length; i++)
        {
            if (condition.Values[i].Problem is { } problem)
            {
                return truth == Truth.Failed ? $"{problem}: the comparison fails" : problem;
            }

            foreach (var value in got.Values)
            {
                switch (condition.Values[i].Compare(value, context))
                {
                    case Comparison.Unresolved:
                        return $"a variable of `{condition.Source.Values[i].Value}` has no value in this request";
                    case Comparison.Failed:
                        return $"`{condition.Source.Values[i].Value}` is no ARN with its variables filled in: the comparison fails";
                }
            }
        }

        foreach (var value in got.Values)
        {
            if (condition.Values.Select(v => v.ProblemOf(value)).FirstOrDefault(p => p is not null) is { } problem)
            {
                return problem;
            }
        }

        return use.Operator.Negated ? "none of the listed values matches" : "no listed value matches";
    }
}
