using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>DateGreaterThan</c>: the request's instant is after the policy's.</summary>
internal static class DateGreaterThan
{
    public static Comparand Read(string text, PolicyVersion version) => DateComparand.Read(text, static order => order > 0);
}
