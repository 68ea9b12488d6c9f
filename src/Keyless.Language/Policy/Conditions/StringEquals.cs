using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>StringEquals</c>: the same characters, with case; <c>*</c> and <c>?</c> are themselves.</summary>
internal static class StringEquals
{
    public static Comparand Read(string text, PolicyVersion version) =>
        new PatternComparand(TextPattern.Parse(text, wildcards: false, variables: version == PolicyVersion.V20121017));
}
