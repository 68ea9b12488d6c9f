namespace Keyless.Server.Aws;

/// <summary>
/// A text from outside as a part of one line in a log or a record: never longer than told, and without the characters that would end
/// the line or repaint the terminal. What strangers send must not cost storage, nor look like what we say.
/// </summary>
internal static class OneLine
{
    public static string Of(string text, int longest)
    {
        var isLong = text.Length > longest;
        if (!isLong && !text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f') && !text.AsSpan().ContainsAny('\u2028', '\u2029'))
        {
            return text;
        }

        var kept = isLong ? text.AsSpan(0, longest) : text;
        return string.Create(kept.Length, text, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029' ? '\ufffd' : text[i];
            }
        }) + (isLong ? "..." : "");
    }
}
