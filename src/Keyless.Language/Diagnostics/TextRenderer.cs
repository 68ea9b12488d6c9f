using System.Text;

namespace Keyless.Language.Diagnostics;

/// <summary>Writes findings as a person reads them: place, class, sentence, the line with a marker, help.</summary>
public static class TextRenderer
{
    private const int WidestLine = 160;

    public static string Render(IEnumerable<Diagnostic> diagnostics)
    {
        var text = new StringBuilder();
        foreach (var diagnostic in diagnostics)
        {
            Render(diagnostic, text);
        }

        return text.ToString();
    }

    public static void Render(Diagnostic diagnostic, StringBuilder text)
    {
        var start = diagnostic.Start;
        text.Append(diagnostic.Source.Name).Append(':').Append(start.Line).Append(':').Append(start.Column).Append(": ")
            .Append(diagnostic.Severity.ToString().ToLowerInvariant()).Append('[').Append(diagnostic.Id).Append("]: ")
            .Append(diagnostic.Message).Append('\n');
        AppendExcerpt(diagnostic.Source, diagnostic.Span, text);
        if (diagnostic.Help is { } help)
        {
            text.Append("  = help: ").Append(help.ReplaceLineEndings("\n          ")).Append('\n');
        }

        if (diagnostic.More is { } more)
        {
            text.Append("  = more: ").Append(more).Append('\n');
        }
    }

    /// <summary>The line of a place with a marker under it; nothing for an empty line.</summary>
    public static void AppendExcerpt(SourceText source, SourceSpan span, StringBuilder text)
    {
        var start = source.PositionOf(span.Start);
        var line = source.LineText(start.Line);
        if (line.Length == 0)
        {
            return;
        }

        var column = start.Column - 1;
        var length = Math.Max(1, Math.Min(span.Length, line.Length - column));

        // A minified policy is one line of thousands of characters: show the part around the marker.
        var from = line.Length <= WidestLine ? 0 : Math.Clamp(column - (WidestLine / 2), 0, line.Length - WidestLine);
        var shown = line.Substring(from, Math.Min(WidestLine, line.Length - from)).Replace('\t', ' ');
        column -= from;
        length = Math.Max(1, Math.Min(length, shown.Length - column));

        var number = start.Line.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var margin = new string(' ', number.Length);
        text.Append(margin).Append(" |\n")
            .Append(number).Append(" | ").Append(shown).Append('\n')
            .Append(margin).Append(" | ").Append(' ', column).Append('^', length).Append('\n');
    }
}
