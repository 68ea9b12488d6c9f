using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Lint.Knowledge;

namespace Keyless.Language.Policy.Lint;

/// <summary>Which operators suit which keys.</summary>
internal static class TypeFit
{
    public static bool Fits(OperatorName op, ConditionKey key) => op.Family == key.Type
        || (op.Family == OperatorFamily.Numeric && key.Name.Equals("aws:EpochTime", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether comparing as text still does what it says.</summary>
    public static bool Works(OperatorName op, ConditionKey key) => op.Family == OperatorFamily.String && key.Type is OperatorFamily.Arn or OperatorFamily.Bool;

    public static string Named(OperatorFamily type) => type switch
    {
        OperatorFamily.String => "a text",
        OperatorFamily.Numeric => "a number",
        OperatorFamily.Date => "a time",
        OperatorFamily.Bool => "a truth value",
        OperatorFamily.Binary => "bytes",
        OperatorFamily.IpAddress => "an IP address",
        OperatorFamily.Arn => "an ARN",
        _ => "present or absent",
    };

    public static string Compared(OperatorFamily family) => family switch
    {
        OperatorFamily.String => "texts",
        OperatorFamily.Numeric => "numbers",
        OperatorFamily.Date => "times",
        OperatorFamily.Bool => "truth values",
        OperatorFamily.Binary => "bytes",
        OperatorFamily.IpAddress => "IP addresses",
        OperatorFamily.Arn => "ARNs",
        _ => "nothing",
    };

    public static string Operators(OperatorFamily type) => type switch
    {
        OperatorFamily.String => "`StringEquals`, `StringLike` or their relatives",
        OperatorFamily.Numeric => "`NumericEquals`, `NumericLessThan` or their relatives",
        OperatorFamily.Date => "`DateLessThan`, `DateGreaterThan` or their relatives",
        OperatorFamily.Bool => "`Bool`",
        OperatorFamily.Binary => "`BinaryEquals`",
        OperatorFamily.IpAddress => "`IpAddress` or `NotIpAddress`",
        OperatorFamily.Arn => "`ArnLike` or `ArnNotLike`",
        _ => "`Null`",
    };
}
