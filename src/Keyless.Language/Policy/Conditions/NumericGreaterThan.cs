using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>NumericGreaterThan</c>: the request's number is greater than the policy's.</summary>
internal static class NumericGreaterThan
{
    public static Comparand Read(string text, PolicyVersion version) => NumericComparand.Read(text, static order => order > 0);
}
