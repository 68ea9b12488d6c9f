using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>NumericEquals</c>: the same number, however it is written.</summary>
internal static class NumericEquals
{
    public static Comparand Read(string text, PolicyVersion version) => NumericComparand.Read(text, static order => order == 0);
}
