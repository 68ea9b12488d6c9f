namespace Keyless.Language.Diagnostics;

/// <summary>The line that a person reads first, and often alone: it has a bound, whatever names and values are in it.</summary>
public static class FirstLine
{
    /// <summary>No first line has more characters, what is printed in front of it included.</summary>
    public const int Longest = 220;

    // What is left of a value: enough to know it again.
    private const int ShortestValue = 28;
    private const string Gap = "...";

    /// <summary>The sentence, its longest values between backticks shortened in their middles as far as need be: the whole one is to stand below.</summary>
    /// <param name="prefix">What is printed in front of it on the same line.</param>
    public static string Of(string sentence, string prefix = "")
    {
        var room = Longest - prefix.Length;
        if (sentence.Length <= room)
        {
            return sentence;
        }

        // Every second piece is a value.
        var pieces = sentence.Split('`');
        var most = pieces.Max(piece => piece.Length);
        while (most > ShortestValue && pieces.Select((piece, i) => i % 2 == 1 ? Math.Min(piece.Length, most) : piece.Length).Sum() + pieces.Length - 1 > room)
        {
            most--;
        }

        var line = string.Join('`', pieces.Select((piece, i) => i % 2 == 1 && piece.Length > most ? Shortened(piece, most) : piece));
        return line.Length <= room ? line : string.Concat(line.AsSpan(0, room - Gap.Length), Gap);
    }

    private static string Shortened(string value, int length)
    {
        var kept = length - Gap.Length;
        return string.Concat(value.AsSpan(0, kept / 2), Gap, value.AsSpan(value.Length - (kept - (kept / 2))));
    }
}
