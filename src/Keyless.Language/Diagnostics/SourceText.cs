namespace Keyless.Language.Diagnostics;

/// <summary>The text of one input with the name that messages print, and the way from offsets to lines.</summary>
public sealed class SourceText(string name, string text)
{
    private int[]? _lineStarts;

    /// <summary>What messages call it: a relative path, or <c>&lt;stdin&gt;</c>.</summary>
    public string Name { get; } = name;

    public string Text { get; } = text;

    /// <summary>The number of lines; an empty text has one.</summary>
    public int LineCount => LineStarts.Length;

    private int[] LineStarts => _lineStarts ??= FindLineStarts(Text);

    /// <summary>Line and column of an offset; an offset past the end is the end.</summary>
    public SourcePosition PositionOf(int offset)
    {
        offset = Math.Clamp(offset, 0, Text.Length);
        var found = Array.BinarySearch(LineStarts, offset);
        var line = found >= 0 ? found : ~found - 1;
        return new SourcePosition(line + 1, offset - LineStarts[line] + 1);
    }

    /// <summary>The offset of a 1-based line and column.</summary>
    public int OffsetOf(SourcePosition position)
    {
        var line = Math.Clamp(position.Line, 1, LineCount);
        return Math.Clamp(LineStarts[line - 1] + position.Column - 1, 0, Text.Length);
    }

    /// <summary>The text of a 1-based line without its line end.</summary>
    public string LineText(int line)
    {
        var start = LineStarts[line - 1];
        var end = line < LineCount ? LineStarts[line] : Text.Length;
        return Text[start..end].TrimEnd('\r', '\n');
    }

    public string this[SourceSpan span] => Text.Substring(span.Start, span.Length);

    private static int[] FindLineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                starts.Add(i + 1);
            }
        }

        return [.. starts];
    }
}
