using System.Buffers;
using System.Text;

namespace Keyless.Server.S3;

/// <summary>Percent-encoding of keys and query parameters; RFC 3986 section 2.1.</summary>
public static class PercentEncoding
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*/"u8);

    /// <summary>Decodes once; null when the result is no UTF-8 or an escape is malformed.</summary>
    /// <param name="plusIsSpace">In query strings and tag sets <c>+</c> stands for a space, in paths for itself.</param>
    public static string? Decode(ReadOnlySpan<char> text, bool plusIsSpace = false)
    {
        if (!text.ContainsAny('%', plusIsSpace ? '+' : '%') && Ascii.IsValid(text))
        {
            return text.ToString();
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var length = 0;
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (c == '%')
                {
                    if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    {
                        return null;
                    }

                    bytes[length++] = (byte)((HexValue(text[i + 1]) << 4) | HexValue(text[i + 2]));
                    i += 2;
                }
                else if (c == '+' && plusIsSpace)
                {
                    bytes[length++] = (byte)' ';
                }
                else if (c < 0x80)
                {
                    bytes[length++] = (byte)c;
                }
                else
                {
                    var run = char.IsHighSurrogate(c) && i + 1 < text.Length ? 2 : 1;
                    length += Encoding.UTF8.GetBytes(text.Slice(i, run), bytes.AsSpan(length));
                    i += run - 1;
                }
            }

            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>As listings with <c>encoding-type=url</c> write: <c>/</c> stays, a space becomes <c>+</c>.</summary>
    public static string EncodeForListing(string text) => Encode(text, space: "+");

    /// <summary>As a path writes it: <c>/</c> stays, a space becomes <c>%20</c>.</summary>
    public static string EncodePath(string text) => Encode(text, space: "%20");

    private static string Encode(string text, string space)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.AsSpan().IndexOfAnyExcept(Plain) < 0)
        {
            return text;
        }

        var encoded = new StringBuilder(bytes.Length * 2);
        foreach (var b in bytes)
        {
            if (b == ' ')
            {
                encoded.Append(space);
            }
            else if (Plain.Contains(b))
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append("0123456789ABCDEF"[b >> 4]).Append("0123456789ABCDEF"[b & 15]);
            }
        }

        return encoded.ToString();
    }

    private static int HexValue(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
