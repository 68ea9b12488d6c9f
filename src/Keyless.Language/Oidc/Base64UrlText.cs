using System.Buffers.Text;

namespace Keyless.Language.Oidc;

/// <summary>base64url without padding, RFC 7515 section 2, in its one canonical form.</summary>
public static class Base64UrlText
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>
    /// Decodes exactly one spelling of each byte sequence: no padding, no blanks, no stray low bits in the last
    /// character. Anything else would let one signature be written in several ways.
    /// </summary>
    /// <returns>The number of bytes written, or -1.</returns>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var full = Math.DivRem(text.Length, 4, out var rest);
        if (rest == 1 || destination.Length < (full * 3) + (rest == 0 ? 0 : rest - 1) || text.ContainsAnyExcept(Alphabet))
        {
            return -1;
        }

        var stray = rest switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        if (stray != 0 && (ValueOf(text[^1]) & stray) != 0)
        {
            return -1;
        }

        return Base64Url.TryDecodeFromUtf8(text, destination, out var written) ? written : -1;
    }

    public static byte[]? Decode(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var decoded = new byte[(bytes.Length * 3 / 4) + 3];
        var length = Decode(bytes, decoded);
        return length < 0 ? null : decoded[..length];
    }

    private static readonly System.Buffers.SearchValues<byte> Alphabet =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static int ValueOf(byte character) => character switch
    {
        >= (byte)'A' and <= (byte)'Z' => character - 'A',
        >= (byte)'a' and <= (byte)'z' => character - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => character - '0' + 52,
        (byte)'-' => 62,
        _ => 63,
    };
}
