using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>DateLessThan</c>: the request's instant is before the policy's.</summary>
internal static class DateLessThan
{
    public static Comparand Read(string text, PolicyVersion version) => DateComparand.Read(text, static order => order < 0);
}
