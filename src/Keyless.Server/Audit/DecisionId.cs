using System.Buffers.Binary;
using System.Globalization;
using Keyless.Server.Secrets;

namespace Keyless.Server.Audit;

/// <summary>
/// Ids of decisions, which are those of the requests: UUIDs of version 7, so they begin with their time. RFC 9562 section 5.7.
/// </summary>
internal static class DecisionId
{
    /// <summary>Hexadecimal digits of the time, milliseconds since 1970.</summary>
    private const int TimeDigits = 12;

    public static string New(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomBytes.Fill(bytes);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, at.ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <summary>The first time that an id beginning so can have: the missing digits are zeros. Null for what begins no id.</summary>
    public static DateTimeOffset? Earliest(ReadOnlySpan<char> beginning)
    {
        Span<char> digits = stackalloc char[TimeDigits];
        digits.Fill('0');
        var count = 0;
        foreach (var character in beginning)
        {
            if (count < TimeDigits && character != '-')
            {
                digits[count++] = character;
            }
        }

        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : null;
    }
}
