using System.Globalization;

namespace Keyless.Language.Policy.Conditions;

/// <summary>
/// A decimal number of any length, compared exactly: 9007199254740993 is not 9007199254740992. An optional sign, digits, an
/// optional fraction, an optional exponent.
/// </summary>
internal readonly ref struct ExactNumber
{
    /// <summary>More than any document can spell out; larger exponents compare as this one.</summary>
    private const int LargestExponent = 1_000_000_000;

    private readonly int _sign;
    private readonly ReadOnlySpan<char> _whole;
    private readonly ReadOnlySpan<char> _fraction;

    /// <summary>The power of ten of the first significant digit.</summary>
    private readonly int _magnitude;

    private ExactNumber(int sign, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, int exponent)
    {
        // Leading zeros go; a zero has no sign and no magnitude.
        whole = whole.TrimStart('0');
        fraction = fraction.TrimEnd('0');
        _magnitude = whole.Length - 1 + exponent;
        if (whole.IsEmpty)
        {
            var significant = fraction.TrimStart('0');
            _magnitude = exponent - (fraction.Length - significant.Length) - 1;
            fraction = significant;
        }

        var isZero = whole.IsEmpty && fraction.IsEmpty;
        (_sign, _magnitude) = isZero ? (0, 0) : (sign, _magnitude);
        _whole = whole;
        _fraction = fraction;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out ExactNumber number)
    {
        number = default;
        var sign = 1;
        if (!text.IsEmpty && text[0] is '+' or '-')
        {
            sign = text[0] == '-' ? -1 : 1;
            text = text[1..];
        }

        var exponent = 0;
        if (text.IndexOfAny('e', 'E') is var e and >= 0)
        {
            if (!TryParseExponent(text[(e + 1)..], out exponent))
            {
                return false;
            }

            text = text[..e];
        }

        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        if (!AreDigits(whole) || (point >= 0 && !AreDigits(fraction)))
        {
            return false;
        }

        number = new ExactNumber(sign, whole, fraction, exponent);
        return true;
    }

    /// <summary>The sign of this minus the other.</summary>
    public int OrderAgainst(ExactNumber other)
    {
        if (_sign != other._sign || _sign == 0)
        {
            return _sign.CompareTo(other._sign);
        }

        if (_magnitude != other._magnitude)
        {
            return _magnitude.CompareTo(other._magnitude) * _sign;
        }

        var digits = Math.Max(Digits, other.Digits);
        for (var i = 0; i < digits; i++)
        {
            var difference = DigitAt(i).CompareTo(other.DigitAt(i));
            if (difference != 0)
            {
                return difference * _sign;
            }
        }

        return 0;
    }

    private int Digits => _whole.Length + _fraction.Length;

    private char DigitAt(int index) =>
        index < _whole.Length ? _whole[index] : index - _whole.Length < _fraction.Length ? _fraction[index - _whole.Length] : '0';

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');

    private static bool TryParseExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        var digits = !text.IsEmpty && text[0] is '+' or '-' ? text[1..] : text;
        if (!AreDigits(digits))
        {
            return false;
        }

        digits = digits.TrimStart('0');
        var size = digits.Length > 9 ? LargestExponent : digits.IsEmpty ? 0 : int.Parse(digits, CultureInfo.InvariantCulture);
        exponent = negative ? -size : size;
        return true;
    }
}
