using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint;

/// <summary>A condition operator taken apart, with what the rules ask of it. IAM User Guide, "IAM JSON policy elements: Condition operators".</summary>
internal sealed record OperatorName(OperatorUse Use)
{
    /// <summary>In its canonical spelling, without set operator and <c>IfExists</c>.</summary>
    public string Base => Use.Operator.Name;

    public OperatorFamily Family => Use.Operator.Family;

    public bool Negated => Use.Operator.Negated;

    public SetOperator Set => Use.Set;

    public bool IfExists => Use.IfExists;

    public string Text => Use.CanonicalName;

    /// <summary>Whether <c>*</c> and <c>?</c> are wildcards under it.</summary>
    public bool HasWildcards => Base is "StringLike" or "StringNotLike" || Family == OperatorFamily.Arn;

    /// <summary>A string comparison for equality, in which a wildcard would be literal.</summary>
    public bool IsStringEquals => Family == OperatorFamily.String && !HasWildcards;

    /// <summary>Whether it holds only for a request that has the key, with a value that matches.</summary>
    public bool RequiresKey => !Negated && !IfExists && Set != SetOperator.ForAllValues && Family != OperatorFamily.Null;

    /// <summary>The operator behind a spelling, in whatever case; null when there is none of that name. <c>NullIfExists</c> is a name here.</summary>
    public static OperatorName? Parse(string text) => ConditionOperators.TakeApart(text) is { } use ? new OperatorName(use) : null;
}
