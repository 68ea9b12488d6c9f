namespace Keyless.Language.Policy.Parse;

/// <summary>What AWS answers to a document it refuses, and what it does not say: the place, the mistake, the mend.</summary>
/// <param name="Code"><c>MalformedPolicyDocument</c> (400) or <c>LimitExceeded</c> (409).</param>
/// <param name="Cause">One sentence: which statement, which value, what is wrong with it.</param>
/// <param name="Help">What to write instead.</param>
public sealed record PolicyRefusal(string Code, string Message, string Cause, string? Help);

/// <summary>One reason to refuse a document: AWS's words, and ours.</summary>
internal sealed record PolicyFault(string Text, string Cause, string? Help);
