using System.Globalization;

namespace Keyless.Language.Policy.Parse;

/// <summary>
/// Which date values IAM stores; looser than what evaluation reads. Recorded on the service: years as far as Java's milliseconds reach,
/// one-digit fields, a <c>T</c> with no time after it, epoch seconds up to 2^63-1, zones with two-digit hours.
/// </summary>
internal static class IamDate
{
    public static bool IsStorable(string text)
    {
        var seconds = text.StartsWith('+') ? text.AsSpan(1) : text;
        if (!seconds.ContainsAnyExceptInRange('0', '9'))
        {
            return long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        }

        var split = text.IndexOfAny(['T', 't']);
        return IsDate(split < 0 ? text : text[..split]) && (split < 0 || IsTime(text[(split + 1)..]));
    }

    private static bool IsDate(string text)
    {
        var negative = text.StartsWith('-');
        var parts = (negative ? text[1..] : text).Split('-');
        return parts.Length is >= 1 and <= 3
            && Field(parts[0], 0, negative ? 292_275_054 : 292_278_993)
            && (parts.Length < 2 || Field(parts[1], 1, 12))
            && (parts.Length < 3 || Field(parts[2], 1, 31));
    }

    private static bool IsTime(string text)
    {
        if (text.Length == 0)
        {
            return true;
        }

        if (text.EndsWith('Z') || text.EndsWith('z'))
        {
            text = text[..^1];
        }
        else if (text.IndexOfAny(['+', '-']) is var sign and >= 0)
        {
            if (!IsZone(text[(sign + 1)..]))
            {
                return false;
            }

            text = text[..sign];
        }

        var parts = text.Split(':');
        return parts.Length is >= 1 and <= 3
            && Field(parts[0], 0, 23)
            && (parts.Length < 2 || Field(parts[1], 0, 59))
            && (parts.Length < 3 || IsSeconds(parts[2]));
    }

    private static bool IsSeconds(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return Field(point < 0 ? text : text[..point], 0, 59) && (point < 0 || Field(text[(point + 1)..], 0, 999_999_999));
    }

    private static bool IsZone(string text) =>
        text.Split(':') is [{ Length: 2 } hour, ..] parts && parts.Length <= 2 && Field(hour, 0, 23) && (parts.Length < 2 || (parts[1].Length == 2 && Field(parts[1], 0, 59)));

    private static bool Field(string text, int least, int most) =>
        text.Length > 0 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most;
}
