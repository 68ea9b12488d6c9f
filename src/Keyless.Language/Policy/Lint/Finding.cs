using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint;

/// <summary>A diagnostic and where it belongs beyond its position.</summary>
/// <param name="Policy">Which policy of a template; null for a document of its own.</param>
/// <param name="Sid">The statement it is in; null when that has none, or when it concerns the whole.</param>
public sealed record Finding(Diagnostic Diagnostic, string? Policy, string? Sid);
