using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint;

/// <summary>One entry of the catalogue: what is found, why it matters, and how it looks. <c>policy lint --why ID</c> prints it.</summary>
/// <param name="Id">Stable, kebab-case; never changes its meaning and is never reused.</param>
/// <param name="Finds">One phrase, as a heading.</param>
public sealed record Check(string Id, Severity Severity, string Finds)
{
    /// <summary>A few sentences: what happens, and to whom.</summary>
    public required string Why { get; init; }

    /// <summary>Reported for this.</summary>
    public required Example Bad { get; init; }

    /// <summary>Not reported for this: the way out.</summary>
    public required Example Good { get; init; }

    /// <summary>The page that says so.</summary>
    public required string Source { get; init; }
}
