using System.Text;

namespace Keyless.Language.Tree;

/// <summary>
/// A text whose block scalars begin without blanks on their empty first lines. YAML 1.2.2, section 8.1.1.1, allows such blanks up to the
/// scalar's indentation, where the library refuses them; they mean nothing, so the reader may go on without them and still tell true offsets.
/// </summary>
internal sealed class BlankLines
{
    private readonly List<(int Offset, int Removed)> _cuts;

    private BlankLines(string text, List<(int Offset, int Removed)> cuts) => (Text, _cuts) = (text, cuts);

    public string Text { get; }

    /// <summary>The text without those blanks; null when there are none.</summary>
    public static BlankLines? Remove(string text)
    {
        var kept = new StringBuilder(text.Length);
        var cuts = new List<(int Offset, int Removed)>();
        var (removed, afterHeader) = (0, false);
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end + 1;
            var line = text.AsSpan(start, end - start);
            var content = line.Trim(" \r\n");
            if (content.IsEmpty && afterHeader)
            {
                var blanks = line.Length - line.TrimStart(' ').Length;
                kept.Append(line[blanks..]);
                removed += blanks;
                cuts.Add((kept.Length - (line.Length - blanks), removed));
            }
            else
            {
                kept.Append(line);
                afterHeader = EndsWithHeader(content);
            }

            start = end;
        }

        return removed == 0 ? null : new BlankLines(kept.ToString(), cuts);
    }

    /// <summary>Where an offset of the shortened text is in the whole one.</summary>
    public int Original(int offset)
    {
        var removed = 0;
        foreach (var cut in _cuts)
        {
            if (cut.Offset > offset)
            {
                break;
            }

            removed = cut.Removed;
        }

        return offset + removed;
    }

    /// <summary>Whether a line ends with <c>|</c> or <c>></c> and its indicators, so that a block scalar follows.</summary>
    private static bool EndsWithHeader(ReadOnlySpan<char> line)
    {
        var word = line[(line.LastIndexOf(' ') + 1)..];
        return word.Length is > 0 and <= 3 && word[0] is '|' or '>' && word[1..].IndexOfAnyExcept("+-123456789") < 0;
    }
}
