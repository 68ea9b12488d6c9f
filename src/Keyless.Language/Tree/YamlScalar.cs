using System.Globalization;

namespace Keyless.Language.Tree;

/// <summary>
/// What a plain YAML scalar means under the core schema (YAML 1.2.2, section 10.3.2), in the reading of GitHub's services:
/// <c>yes</c> and <c>on</c> are texts, <c>010</c> is ten, hexadecimal and octal numbers have 32 bits.
/// </summary>
public static class YamlScalar
{
    public static ScalarKind KindOf(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return ScalarKind.Null;
            case "true" or "True" or "TRUE" or "false" or "False" or "FALSE":
                return ScalarKind.Boolean;
            default:
                return TryNumber(text, out _) ? ScalarKind.Number : ScalarKind.String;
        }
    }

    /// <summary>The truth value of a scalar of kind <see cref="ScalarKind.Boolean"/>.</summary>
    public static bool ToBoolean(string text) => text is "true" or "True" or "TRUE";

    /// <summary>The value of a number as the core schema writes it; false for every other text.</summary>
    public static bool TryNumber(string text, out double value)
    {
        value = 0;
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.'))
        {
            return false;
        }

        if (text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'o')
        {
            return TryRadix(text, out value);
        }

        switch (text)
        {
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                value = double.PositiveInfinity;
                return true;
            case "-.inf" or "-.Inf" or "-.INF":
                value = double.NegativeInfinity;
                return true;
            case ".nan" or ".NaN" or ".NAN":
                value = double.NaN;
                return true;
        }

        return IsDecimal(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary><c>[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?</c></summary>
    private static bool IsDecimal(string text)
    {
        var i = text[0] is '+' or '-' ? 1 : 0;
        var whole = Digits(text, ref i);
        var fraction = 0;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            fraction = Digits(text, ref i);
        }

        if (whole + fraction == 0)
        {
            return false;
        }

        if (i < text.Length && text[i] is 'e' or 'E')
        {
            i++;
            if (i < text.Length && text[i] is '+' or '-')
            {
                i++;
            }

            if (Digits(text, ref i) == 0)
            {
                return false;
            }
        }

        return i == text.Length;
    }

    private static int Digits(string text, ref int i)
    {
        var start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
        {
            i++;
        }

        return i - start;
    }

    private static bool TryRadix(string text, out double value)
    {
        var bits = text[1] == 'x' ? 4 : 3;
        uint number = 0;
        value = 0;
        foreach (var c in text.AsSpan(2))
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 16;
            if (digit >= 1 << bits || number >> (32 - bits) != 0)
            {
                return false;
            }

            number = (number << bits) | (uint)digit;
        }

        value = unchecked((int)number);
        return true;
    }
}
