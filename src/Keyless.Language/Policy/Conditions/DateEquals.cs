using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>DateEquals</c>: the same instant, however it is written.</summary>
internal static class DateEquals
{
    public static Comparand Read(string text, PolicyVersion version) => DateComparand.Read(text, static order => order == 0);
}
