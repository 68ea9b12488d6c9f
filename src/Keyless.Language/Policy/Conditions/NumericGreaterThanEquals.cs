using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>NumericGreaterThanEquals</c>: the request's number is at least the policy's.</summary>
internal static class NumericGreaterThanEquals
{
    public static Comparand Read(string text, PolicyVersion version) => NumericComparand.Read(text, static order => order >= 0);
}
