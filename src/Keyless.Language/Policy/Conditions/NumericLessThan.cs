using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>NumericLessThan</c>: the request's number is less than the policy's.</summary>
internal static class NumericLessThan
{
    public static Comparand Read(string text, PolicyVersion version) => NumericComparand.Read(text, static order => order < 0);
}
