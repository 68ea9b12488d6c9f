using System.Globalization;
using System.Text.RegularExpressions;

namespace Keyless.Language.Policy.Lint;

/// <summary>The forms of condition values. IAM User Guide, "Condition operators".</summary>
internal static partial class ValueSyntax
{
    public static bool IsNumber(string text) => Number().IsMatch(text);

    /// <summary>W3C date and time, or digits for seconds since 1970.</summary>
    public static bool IsDate(string text)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        }

        var match = Date().Match(text);
        if (!match.Success)
        {
            return false;
        }

        var (year, month, day) = (Group("year", 1), Group("month", 1), Group("day", 1));
        return year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && Group("hour", 0) <= 23 && Group("minute", 0) <= 59 && Group("second", 0) <= 59;

        int Group(string name, int otherwise) => match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : otherwise;
    }

    /// <summary>The truth value that a word is meant to be; null when it means none.</summary>
    public static string? Truth(string word) => word.Trim().ToLowerInvariant() switch
    {
        "yes" or "y" or "1" or "on" or "t" or "true" => "true",
        "no" or "n" or "0" or "off" or "f" or "false" => "false",
        _ => null,
    };

    [GeneratedRegex(@"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"^(?<year>[0-9]{4})(-(?<month>[0-9]{2})(-(?<day>[0-9]{2})([Tt](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2})(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?)?)?)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Date();
}
