using System.Collections.Frozen;
using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Conditions;

/// <summary>Every condition operator, one row each.</summary>
public static class ConditionOperators
{
    private const string AllPrefix = "ForAllValues:";
    private const string AnyPrefix = "ForAnyValue:";
    private const string ExistsSuffix = "IfExists";

    public static ImmutableArray<ConditionOperator> All { get; } =
    [
        new("StringEquals", OperatorFamily.String, Negated: false, StringEquals.Read),
        new("StringNotEquals", OperatorFamily.String, Negated: true, StringEquals.Read),
        new("StringEqualsIgnoreCase", OperatorFamily.String, Negated: false, StringEqualsIgnoreCase.Read),
        new("StringNotEqualsIgnoreCase", OperatorFamily.String, Negated: true, StringEqualsIgnoreCase.Read),
        new("StringLike", OperatorFamily.String, Negated: false, StringLike.Read),
        new("StringNotLike", OperatorFamily.String, Negated: true, StringLike.Read),
        new("NumericEquals", OperatorFamily.Numeric, Negated: false, NumericEquals.Read),
        new("NumericNotEquals", OperatorFamily.Numeric, Negated: true, NumericEquals.Read),
        new("NumericLessThan", OperatorFamily.Numeric, Negated: false, NumericLessThan.Read),
        new("NumericLessThanEquals", OperatorFamily.Numeric, Negated: false, NumericLessThanEquals.Read),
        new("NumericGreaterThan", OperatorFamily.Numeric, Negated: false, NumericGreaterThan.Read),
        new("NumericGreaterThanEquals", OperatorFamily.Numeric, Negated: false, NumericGreaterThanEquals.Read),
        new("DateEquals", OperatorFamily.Date, Negated: false, DateEquals.Read),
        new("DateNotEquals", OperatorFamily.Date, Negated: true, DateEquals.Read),
        new("DateLessThan", OperatorFamily.Date, Negated: false, DateLessThan.Read),
        new("DateLessThanEquals", OperatorFamily.Date, Negated: false, DateLessThanEquals.Read),
        new("DateGreaterThan", OperatorFamily.Date, Negated: false, DateGreaterThan.Read),
        new("DateGreaterThanEquals", OperatorFamily.Date, Negated: false, DateGreaterThanEquals.Read),
        new("Bool", OperatorFamily.Bool, Negated: false, Bool.Read),
        new("BinaryEquals", OperatorFamily.Binary, Negated: false, BinaryEquals.Read),
        new("IpAddress", OperatorFamily.IpAddress, Negated: false, IpAddress.Read),
        new("NotIpAddress", OperatorFamily.IpAddress, Negated: true, IpAddress.Read),
        new("ArnEquals", OperatorFamily.Arn, Negated: false, ArnLike.Read),
        new("ArnLike", OperatorFamily.Arn, Negated: false, ArnLike.Read),
        new("ArnNotEquals", OperatorFamily.Arn, Negated: true, ArnLike.Read),
        new("ArnNotLike", OperatorFamily.Arn, Negated: true, ArnLike.Read),
        new("Null", OperatorFamily.Null, Negated: false, Null.Read),
    ];

    private static readonly FrozenDictionary<string, ConditionOperator> ByName = All.ToFrozenDictionary(o => o.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes <c>ForAnyValue:StringLikeIfExists</c> apart, without case; null when there is no such operator.</summary>
    public static OperatorUse? Find(string written) => TakeApart(written) is { } use && !(use.IfExists && use.Operator.Family == OperatorFamily.Null) ? use : null;

    /// <summary>As <see cref="Find"/>, but <c>NullIfExists</c>, which IAM refuses, is taken apart too.</summary>
    internal static OperatorUse? TakeApart(string written)
    {
        var (set, name) = written switch
        {
            _ when written.StartsWith(AllPrefix, StringComparison.OrdinalIgnoreCase) => (SetOperator.ForAllValues, written[AllPrefix.Length..]),
            _ when written.StartsWith(AnyPrefix, StringComparison.OrdinalIgnoreCase) => (SetOperator.ForAnyValue, written[AnyPrefix.Length..]),
            _ => (SetOperator.None, written),
        };
        var ifExists = name.EndsWith(ExistsSuffix, StringComparison.OrdinalIgnoreCase);
        if (ifExists)
        {
            name = name[..^ExistsSuffix.Length];
        }

        return ByName.TryGetValue(name, out var found) ? new OperatorUse(set, found, ifExists) : null;
    }

    /// <summary>The operator that a misspelt one is likely to mean, spelled in full; null when none is close.</summary>
    public static string? Nearest(string written)
    {
        var colon = written.IndexOf(':', StringComparison.Ordinal);
        var prefix = Suggest.Nearest(written[..(colon + 1)], [AllPrefix, AnyPrefix]);
        var names = All.Select(o => o.Name).Concat(All.Where(o => o.Family != OperatorFamily.Null).Select(o => o.Name + ExistsSuffix));
        return Suggest.Nearest(written[(colon + 1)..], names) is { } nearest ? (colon < 0 ? "" : prefix) + nearest : null;
    }
}

/// <summary>An operator as a policy uses it.</summary>
public sealed record OperatorUse(SetOperator Set, ConditionOperator Operator, bool IfExists)
{
    /// <summary>In AWS's spelling.</summary>
    public string CanonicalName => (Set == SetOperator.None ? "" : $"{Set}:") + Operator.Name + (IfExists ? "IfExists" : "");
}
