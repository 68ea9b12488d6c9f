using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary>The kind of values an operator compares.</summary>
public enum OperatorFamily
{
    String,
    Numeric,
    Date,
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}

/// <summary>One condition operator. IAM User Guide, "IAM JSON policy elements: Condition operators".</summary>
/// <param name="Name">As AWS spells it; evaluation takes any case.</param>
/// <param name="Negated">True when it holds because no value matches.</param>
/// <param name="Read">Reads one value of the policy.</param>
public sealed record ConditionOperator(string Name, OperatorFamily Family, bool Negated, Func<string, PolicyVersion, Comparand> Read)
{
    /// <summary>Whether policy variables may stand in its values.</summary>
    public bool TakesVariables => Family is OperatorFamily.String or OperatorFamily.Arn;

    public override string ToString() => Name;
}

/// <summary>How the values of a multivalued key are quantified.</summary>
public enum SetOperator
{
    None,
    ForAllValues,
    ForAnyValue,
}
