using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>DateLessThanEquals</c>: the request's instant is not after the policy's.</summary>
internal static class DateLessThanEquals
{
    public static Comparand Read(string text, PolicyVersion version) => DateComparand.Read(text, static order => order <= 0);
}
