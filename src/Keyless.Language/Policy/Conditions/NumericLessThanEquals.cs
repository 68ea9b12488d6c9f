using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>NumericLessThanEquals</c>: the request's number is at most the policy's.</summary>
internal static class NumericLessThanEquals
{
    public static Comparand Read(string text, PolicyVersion version) => NumericComparand.Read(text, static order => order <= 0);
}
