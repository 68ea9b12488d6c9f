using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Conditions;

/// <summary>What the Numeric operators share; each says which order of request and policy it wants.</summary>
internal sealed class NumericComparand(string wanted, Func<int, bool> holds) : Comparand
{
    /// <param name="holds">Given the sign of request minus policy.</param>
    public static Comparand Read(string text, Func<int, bool> holds) =>
        ExactNumber.TryParse(text, out _) ? new NumericComparand(text, holds) : new MalformedComparand($"`{text}` is no decimal number");

    public override Comparison Compare(string got, RequestContext context) =>
        ExactNumber.TryParse(got, out var left) && ExactNumber.TryParse(wanted, out var right) && holds(left.OrderAgainst(right))
            ? Comparison.Equal
            : Comparison.Different;

    public override string? ProblemOf(string got) => ExactNumber.TryParse(got, out _) ? null : $"`{got}` is no decimal number";
}
