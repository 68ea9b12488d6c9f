using System.Globalization;

namespace Keyless.Language.Policy.Conditions;

/// <summary>A point in time to the nanosecond, as the Date operators read it: a W3C date-time (NOTE-datetime) or seconds since 1970.</summary>
internal readonly record struct Instant(Int128 Nanoseconds) : IComparable<Instant>
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The policy's side: digits only are whole seconds since 1970, also four digits that look like a year.</summary>
    public static bool TryParsePolicy(ReadOnlySpan<char> text, out Instant instant) => TryParseEpoch(text, out instant) || TryParseDateTime(text, out instant);

    /// <summary>The request's side: seconds may have a fraction and a sign.</summary>
    public static bool TryParseRequest(ReadOnlySpan<char> text, out Instant instant)
    {
        var negative = !text.IsEmpty && text[0] == '-';
        var magnitude = negative ? text[1..] : text;
        var point = magnitude.IndexOf('.');
        var fraction = point < 0 ? "0" : magnitude[(point + 1)..];
        if (TryParseEpoch(point < 0 ? magnitude : magnitude[..point], out instant) && TryParseFraction(fraction, out var nanoseconds))
        {
            instant = new Instant((instant.Nanoseconds + nanoseconds) * (negative ? -1 : 1));
            return true;
        }

        return TryParseDateTime(text, out instant);
    }

    public int CompareTo(Instant other) => Nanoseconds.CompareTo(other.Nanoseconds);

    private static bool TryParseEpoch(ReadOnlySpan<char> text, out Instant instant)
    {
        instant = default;
        if (!AreDigits(text) || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return false;
        }

        instant = new Instant((Int128)seconds * NanosecondsPerSecond);
        return true;
    }

    /// <summary><c>YYYY-MM</c>, <c>YYYY-MM-DD</c>, and with a full date <c>Thh:mm[:ss[.f]]</c> and a zone; without a zone it is UTC.</summary>
    private static bool TryParseDateTime(ReadOnlySpan<char> text, out Instant instant)
    {
        instant = default;
        var split = text.IndexOfAny('T', 't');
        if (!TryParseDate(split < 0 ? text : text[..split], out var date, out var hasDay))
        {
            return false;
        }

        Int128 time = 0;
        if (split >= 0 && (!hasDay || !TryParseTime(text[(split + 1)..], out time)))
        {
            return false;
        }

        instant = new Instant((((Int128)(date.Ticks - DateTime.UnixEpoch.Ticks)) * 100) + time);
        return true;
    }

    private static bool TryParseDate(ReadOnlySpan<char> text, out DateTime date, out bool hasDay)
    {
        date = default;
        hasDay = text.Length == 10;
        if (text.Length is not (4 or 7 or 10) || !TryParseField(text[..4], 1, 9999, out var year))
        {
            return false;
        }

        var (month, day) = (1, 1);
        if ((text.Length >= 7 && (text[4] != '-' || !TryParseField(text[5..7], 1, 12, out month)))
            || (hasDay && (text[7] != '-' || !TryParseField(text[8..], 1, DateTime.DaysInMonth(year, month), out day))))
        {
            return false;
        }

        date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    private static bool TryParseTime(ReadOnlySpan<char> text, out Int128 nanoseconds)
    {
        nanoseconds = 0;
        if (!TryTakeZone(ref text, out var zoneMinutes) || text.Length < 5 || text[2] != ':'
            || !TryParseField(text[..2], 0, 23, out var hour) || !TryParseField(text[3..5], 0, 59, out var minute))
        {
            return false;
        }

        var second = 0;
        long fraction = 0;
        if (text.Length > 5 && (text.Length < 8 || text[5] != ':' || !TryParseField(text[6..8], 0, 59, out second)))
        {
            return false;
        }

        if (text.Length > 8 && (text[8] != '.' || text.Length > 18 || !TryParseFraction(text[9..], out fraction)))
        {
            return false;
        }

        var seconds = (((hour * 60L) + minute - zoneMinutes) * 60) + second;
        nanoseconds = ((Int128)seconds * NanosecondsPerSecond) + fraction;
        return true;
    }

    private static bool TryTakeZone(ref ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text.EndsWith("Z") || text.EndsWith("z"))
        {
            text = text[..^1];
            return true;
        }

        var sign = text.LastIndexOfAny('+', '-');
        if (sign < 0)
        {
            return true;
        }

        var zone = text[(sign + 1)..];
        var minute = 0;
        if (zone.Length is not (2 or 5) || !TryParseField(zone[..2], 0, 23, out var hour)
            || (zone.Length == 5 && (zone[2] != ':' || !TryParseField(zone[3..], 0, 59, out minute))))
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (text[sign] == '-' ? -1 : 1);
        text = text[..sign];
        return true;
    }

    private static bool TryParseField(ReadOnlySpan<char> text, int least, int most, out int value)
    {
        value = 0;
        return AreDigits(text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most;
    }

    /// <summary>Digits behind the point; those behind the ninth are below a nanosecond.</summary>
    private static bool TryParseFraction(ReadOnlySpan<char> text, out long nanoseconds)
    {
        nanoseconds = 0;
        if (!AreDigits(text))
        {
            return false;
        }

        for (var i = 0; i < 9; i++)
        {
            nanoseconds = (nanoseconds * 10) + (i < text.Length ? text[i] - '0' : 0);
        }

        return true;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}
