using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Conditions;

/// <summary>How a value of the request stands to a value of the policy, before negation.</summary>
public enum Comparison
{
    Different,
    Equal,

    /// <summary>A variable of the policy's value has no value: nothing is equal to it.</summary>
    Unresolved,

    /// <summary>The request's value is not of the operator's kind, and neither the operator nor its negation holds.</summary>
    Incomparable,

    /// <summary>The policy's value is unusable in a way that fails the comparison: an Allow does not apply, a Deny does.</summary>
    Failed,
}

/// <summary>One value of a policy's condition, read once for its operator.</summary>
public abstract class Comparand
{
    /// <summary>Why this value can match nothing; null when it is sound.</summary>
    public virtual string? Problem => null;

    public abstract Comparison Compare(string got, RequestContext context);

    /// <summary>What is wrong with a value of the request for this operator; null when it is of the right kind.</summary>
    public virtual string? ProblemOf(string got) => null;
}

/// <summary>A value that the operator cannot read. Saving it should have been refused; here it matches nothing.</summary>
internal sealed class MalformedComparand(string problem, Comparison outcome = Comparison.Different) : Comparand
{
    public override string Problem => problem;

    public override Comparison Compare(string got, RequestContext context) => outcome;
}

/// <summary>A string comparand with wildcards or variables.</summary>
internal sealed class PatternComparand(TextPattern pattern) : Comparand
{
    public override Comparison Compare(string got, RequestContext context) => pattern.Match(got, context) switch
    {
        PatternMatch.Yes => Comparison.Equal,
        PatternMatch.Unresolved => Comparison.Unresolved,
        _ => Comparison.Different,
    };
}
