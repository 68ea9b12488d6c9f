using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Conditions;

/// <summary>What the Date operators share; each says which order of request and policy it wants.</summary>
internal sealed class DateComparand(Instant wanted, Func<int, bool> holds) : Comparand
{
    /// <param name="holds">Given the sign of request minus policy.</param>
    public static Comparand Read(string text, Func<int, bool> holds) =>
        Instant.TryParsePolicy(text, out var wanted)
            ? new DateComparand(wanted, holds)
            : new MalformedComparand($"`{text}` is neither a W3C date-time nor whole seconds since 1970");

    public override Comparison Compare(string got, RequestContext context) =>
        Instant.TryParseRequest(got, out var instant) && holds(instant.CompareTo(wanted)) ? Comparison.Equal : Comparison.Different;

    public override string? ProblemOf(string got) =>
        Instant.TryParseRequest(got, out _) ? null : $"`{got}` is neither a W3C date-time nor seconds since 1970";
}
