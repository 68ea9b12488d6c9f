using System.Text;

namespace Keyless.Server.Aws;

/// <summary>
/// Texts that requests repeat, role ARNs, subjects and session names, made once while they come again and again: a table of fixed size
/// in which a newer text takes the place of an older one. Never asked for a secret.
/// </summary>
internal static class RecentTexts
{
    /// <summary>Longer ones are made anew each time, so that the table stays small.</summary>
    private const int Longest = 256;

    private const int Slots = 2048;

    // A reader sees one text or another, each whole; two writers at once cost one more allocation.
    private static readonly string?[] Table = new string?[Slots];

    /// <summary>The text of sound UTF-8.</summary>
    public static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > Longest || !Ascii.IsValid(utf8))
        {
            return Encoding.UTF8.GetString(utf8);
        }

        Span<char> text = stackalloc char[Longest];
        Encoding.ASCII.GetChars(utf8, text);
        return Of(text[..utf8.Length]);
    }

    public static string Of(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return "";
        }

        if (text.Length > Longest)
        {
            return text.ToString();
        }

        ref var slot = ref Table[(uint)string.GetHashCode(text) % Slots];
        var known = Volatile.Read(ref slot);
        if (known is null || !text.SequenceEqual(known))
        {
            known = text.ToString();
            Volatile.Write(ref slot, known);
        }

        return known;
    }
}
