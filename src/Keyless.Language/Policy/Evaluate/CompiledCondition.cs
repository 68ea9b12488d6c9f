using System.Collections.Immutable;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>One key under one operator, its values read. IAM User Guide, "Conditions with multiple context keys or values".</summary>
internal sealed class CompiledCondition
{
    private readonly ImmutableArray<Comparand> _values;
    private readonly string _key;

    public CompiledCondition(Condition source, PolicyVersion version)
    {
        Source = source;
        Version = version;
        _key = source.Key.Value;
        Use = ConditionOperators.Find(source.Operator.Value);
        _values = Use is null ? [] : [.. source.Values.Select(v => Use.Operator.Read(v.Value, version))];
    }

    public Condition Source { get; }

    public PolicyVersion Version { get; }

    /// <summary>Null when no such operator exists; then the condition never holds.</summary>
    public OperatorUse? Use { get; }

    public ImmutableArray<Comparand> Values => _values;

    public Truth Holds(RequestContext context)
    {
        if (Use is null)
        {
            return Truth.False;
        }

        var got = context[_key];
        return Use.Operator.Family == OperatorFamily.Null ? Presence(Use, got, context)
            : got is null ? WithoutKey(Use)
            : WithKey(Use, got, context);
    }

    /// <summary><c>Null</c> compares absence itself; with a set operator its result is constant.</summary>
    private Truth Presence(OperatorUse use, ContextValue? got, RequestContext context) => use.Set switch
    {
        SetOperator.ForAllValues => Truth.True,
        SetOperator.ForAnyValue => Truth.False,
        _ => OneValue(use, got is null ? "true" : "false", context),
    };

    private Truth WithoutKey(OperatorUse use) => use.Set switch
    {
        SetOperator.ForAllValues => Truth.True,
        SetOperator.ForAnyValue => Truth.False,
        _ when use.IfExists => Truth.True,
        _ => use.Operator.Negated && !_values.IsEmpty ? Truth.True : Truth.False,
    };

    private Truth WithKey(OperatorUse use, ContextValue got, RequestContext context)
    {
        switch (use.Set)
        {
            case SetOperator.ForAllValues:
                var all = Truth.True;
                foreach (var value in got.Values)
                {
                    all = And(all, OneValue(use, value, context));
                }

                return all;
            case SetOperator.ForAnyValue:
                var any = Truth.False;
                foreach (var value in got.Values)
                {
                    any = Or(any, OneValue(use, value, context));
                }

                return any;
            default:
                // A plain operator does not apply to a list. A list without values equals nothing, so its negation holds.
                return got.IsMultivalued
                    ? got.Values.IsEmpty && use.Operator.Negated && !_values.IsEmpty ? Truth.True : Truth.False
                    : OneValue(use, got.Values[0], context);
        }
    }

    /// <summary>One value of the request against the policy's alternatives. Without alternatives nothing holds, negated or not.</summary>
    private Truth OneValue(OperatorUse use, string got, RequestContext context)
    {
        if (_values.IsEmpty)
        {
            return Truth.False;
        }

        var (failed, incomparable) = (false, false);
        foreach (var value in _values)
        {
            switch (value.Compare(got, context))
            {
                case Comparison.Equal:
                    return use.Operator.Negated ? Truth.False : Truth.True;
                case Comparison.Failed:
                    failed = true;
                    break;
                case Comparison.Incomparable:
                    incomparable = true;
                    break;
            }
        }

        return failed ? Truth.Failed : use.Operator.Negated && !incomparable ? Truth.True : Truth.False;
    }

    public static Truth And(Truth a, Truth b) =>
        a == Truth.False || b == Truth.False ? Truth.False : a == Truth.Failed || b == Truth.Failed ? Truth.Failed : Truth.True;

    private static Truth Or(Truth a, Truth b) =>
        a == Truth.True || b == Truth.True ? Truth.True : a == Truth.Failed || b == Truth.Failed ? Truth.Failed : Truth.False;
}
