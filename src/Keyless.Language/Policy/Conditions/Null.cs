using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>Null</c>: <c>"true"</c> holds when the key is absent, <c>"false"</c> when it is present, whatever its value.</summary>
internal static class Null
{
    /// <summary>The evaluator asks it with the presence itself, <c>true</c> for an absent key.</summary>
    public static Comparand Read(string text, PolicyVersion version) => Bool.Read(text, version);
}
