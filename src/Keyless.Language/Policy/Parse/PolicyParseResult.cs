using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Parse;

/// <summary>What <see cref="PolicyParser"/> made of a document.</summary>
/// <param name="Policy">The policy; null as soon as one problem is an error, because half a policy means something else.</param>
/// <param name="Diagnostics">Every problem, in document order.</param>
public sealed record PolicyParseResult(PolicyDocument? Policy, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>
    /// All that could be read, for tools that look at broken documents; never for a decision that guards anything. Null when not
    /// even an object was found.
    /// </summary>
    public PolicyDocument? Partial { get; init; }
}
