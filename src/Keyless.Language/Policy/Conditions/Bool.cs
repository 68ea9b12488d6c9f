using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>Bool</c>: <c>true</c> or <c>false</c>, without case; any other text equals nothing.</summary>
internal sealed class Bool(bool wanted) : Comparand
{
    public static Comparand Read(string text, PolicyVersion version) =>
        TryRead(text, out var wanted) ? new Bool(wanted) : new MalformedComparand($"`{text}` is neither `true` nor `false`");

    public override Comparison Compare(string got, RequestContext context) =>
        TryRead(got, out var value) && value == wanted ? Comparison.Equal : Comparison.Different;

    public override string? ProblemOf(string got) => TryRead(got, out _) ? null : $"`{got}` is neither `true` nor `false`";

    public static bool TryRead(string text, out bool value)
    {
        value = text.Equals("true", StringComparison.OrdinalIgnoreCase);
        return value || text.Equals("false", StringComparison.OrdinalIgnoreCase);
    }
}
