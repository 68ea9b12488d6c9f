namespace Keyless.Language.Policy.Lint;

internal enum OperatorFamily
{
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

internal enum SetOperator
{
    None,
    ForAllValues,
    ForAnyValue,
}

/// <summary>A condition operator taken apart. IAM User Guide, "IAM JSON policy elements: Condition operators".</summary>
/// <param name="Base">In its canonical spelling, without set operator and <c>IfExists</c>.</param>
internal sealed record OperatorName(string Base, OperatorFamily Family, bool Negated, SetOperator Set, bool IfExists)
{
    private static readonly (string Name, OperatorFamily Family, bool Negated)[] Table =
    [
        ("StringEquals", OperatorFamily.String, false),
        ("StringNotEquals", OperatorFamily.String, true),
        ("StringEqualsIgnoreCase", OperatorFamily.String, false),
        ("StringNotEqualsIgnoreCase", OperatorFamily.String, true),
        ("StringLike", OperatorFamily.String, false),
        ("StringNotLike", OperatorFamily.String, true),
        ("NumericEquals", OperatorFamily.Numeric, false),
        ("NumericNotEquals", OperatorFamily.Numeric, true),
        ("NumericLessThan", OperatorFamily.Numeric, false),
        ("NumericLessThanEquals", OperatorFamily.Numeric, false),
        ("NumericGreaterThan", OperatorFamily.Numeric, false),
        ("NumericGreaterThanEquals", OperatorFamily.Numeric, false),
        ("DateEquals", OperatorFamily.Date, false),
        ("DateNotEquals", OperatorFamily.Date, true),
        ("DateLessThan", OperatorFamily.Date, false),
        ("DateLessThanEquals", OperatorFamily.Date, false),
        ("DateGreaterThan", OperatorFamily.Date, false),
        ("DateGreaterThanEquals", OperatorFamily.Date, false),
        ("Bool", OperatorFamily.Bool, false),
        ("BinaryEquals", OperatorFamily.Binary, false),
        ("IpAddress", OperatorFamily.Ip, false),
        ("NotIpAddress", OperatorFamily.Ip, true),
        ("ArnEquals", OperatorFamily.Arn, false),
        ("ArnNotEquals", OperatorFamily.Arn, true),
        ("ArnLike", OperatorFamily.Arn, false),
        ("ArnNotLike", OperatorFamily.Arn, true),
        ("Null", OperatorFamily.Null, false),
    ];

    public static IEnumerable<string> Names => Table.Select(row => row.Name);

    /// <summary>Whether <c>*</c> and <c>?</c> are wildcards under it.</summary>
    public bool HasWildcards => Base is "StringLike" or "StringNotLike" || Family == OperatorFamily.Arn;

    /// <summary>A string comparison for equality, in which a wildcard would be literal.</summary>
    public bool IsStringEquals => Family == OperatorFamily.String && !HasWildcards;

    /// <summary>Whether it holds only for a request that has the key, with a value that matches.</summary>
    public bool RequiresKey => !Negated && !IfExists && Set != SetOperator.ForAllValues && Family != OperatorFamily.Null;

    public string Text => $"{(Set == SetOperator.None ? "" : $"{Set}:")}{Base}{(IfExists ? "IfExists" : "")}";

    /// <summary>The operator behind a spelling, in whatever case; null when there is none of that name.</summary>
    public static OperatorName? Parse(string text)
    {
        var name = text.AsSpan();
        var set = SetOperator.None;
        foreach (var candidate in (ReadOnlySpan<SetOperator>)[SetOperator.ForAllValues, SetOperator.ForAnyValue])
        {
            var prefix = candidate == SetOperator.ForAllValues ? "ForAllValues:" : "ForAnyValue:";
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                set = candidate;
                name = name[prefix.Length..];
                break;
            }
        }

        var ifExists = name.EndsWith("IfExists", StringComparison.OrdinalIgnoreCase);
        name = ifExists ? name[..^"IfExists".Length] : name;
        foreach (var row in Table)
        {
            if (name.Equals(row.Name, StringComparison.OrdinalIgnoreCase))
            {
                return new OperatorName(row.Name, row.Family, row.Negated, set, ifExists);
            }
        }

        return null;
    }
}
