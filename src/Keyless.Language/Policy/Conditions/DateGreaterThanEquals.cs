using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>DateGreaterThanEquals</c>: the request's instant is not before the policy's.</summary>
internal static class DateGreaterThanEquals
{
    public static Comparand Read(string text, PolicyVersion version) => DateComparand.Read(text, static order => order >= 0);
}
