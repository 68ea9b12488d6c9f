namespace Keyless.Language.Diagnostics;

/// <summary>A user's text cut to what a one-line message can hold.</summary>
public static class Excerpt
{
    public const int Longest = 80;

    /// <summary>The first line, at most <see cref="Longest"/> characters, with <c>...</c> where something was left out.</summary>
    public static string Of(string text)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var line = end < 0 ? text : text[..end];
        if (line.Length > Longest)
        {
            return string.Concat(line.AsSpan(0, Longest), "...");
        }

        return end < 0 || end == text.Length - 1 ? line : line + "...";
    }
}
