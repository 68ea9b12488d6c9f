using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>StringLike</c>: the whole value, with case; <c>*</c> is any run, <c>?</c> one character.</summary>
internal static class StringLike
{
    public static Comparand Read(string text, PolicyVersion version) =>
        new PatternComparand(TextPattern.Parse(text, wildcards: true, variables: version == PolicyVersion.V20121017));
}
