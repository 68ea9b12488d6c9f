using Keyless.Language.Diagnostics;
using YamlDotNet.Core;

namespace Keyless.Language.Tree;

/// <summary>Says in our words what the YAML scanner could not read, with the usual cause where one is at hand.</summary>
internal static class YamlSyntax
{
    public static Diagnostic Unclosed(SourceText source, SourceSpan at) =>
        Diagnostic.Error("yaml-syntax", source, at, "a `[` or `{` is not closed before the next key", "close the list or mapping, or quote a text that begins with a bracket");

    public static Diagnostic Explain(SourceText source, SourceSpan span, YamlException exception)
    {
        // A problem that spans lines begins where the construct does and ends where it goes wrong.
        if (source.PositionOf(span.Start).Line != source.PositionOf(span.End).Line)
        {
            span = new SourceSpan(span.End, 0);
        }

        // The library places a tab where the mapping around it begins.
        if (exception.Message.Contains("tab", StringComparison.OrdinalIgnoreCase) && IndentingTab(source.Text, span.Start) is >= 0 and var tab)
        {
            span = new SourceSpan(tab, 1);
        }

        var reason = Sentence(exception.Message);
        var (message, help) = Cause(source, span) ?? (reason, null);
        return Diagnostic.Error("yaml-syntax", source, span, message, help);
    }

    /// <summary>What stands at the place often tells more than the rule that broke.</summary>
    private static (string Message, string? Help)? Cause(SourceText source, SourceSpan span)
    {
        var at = source.PositionOf(span.Start);
        var line = source.LineText(at.Line);
        var indent = line.AsSpan()[..(line.Length - line.AsSpan().TrimStart().Length)];
        if (indent.Contains('\t'))
        {
            return ("a tab is used for indentation; YAML indents with blanks only", "replace each tab by two blanks");
        }

        var here = span.Start < source.Text.Length ? source.Text[span.Start] : '\0';
        switch (here)
        {
            case '@' or '`':
                return ($"a plain text cannot begin with `{here}`", "put the value in quotes");
            case '%':
                return ("a plain text cannot begin with `%`", "put the value in quotes");
            case '\t':
                return ("a tab stands where YAML allows blanks only", "replace each tab by blanks");
        }

        var rest = line.AsSpan().TrimStart();
        var colon = rest.IndexOf(": ");
        if (colon > 0 && rest[(colon + 2)..].TrimStart() is var value && value.Length > 0 && value[0] is not ('"' or '\'' or '{' or '[' or '|' or '>' or '#') && value.Contains(": ", StringComparison.Ordinal))
        {
            return ("a plain text cannot hold `: `, which separates a key from its value", "put the whole value in quotes");
        }

        return null;
    }

    /// <summary>The first tab that indents a line, from the line of an offset on; -1 when there is none.</summary>
    private static int IndentingTab(string text, int from)
    {
        var start = from == 0 ? 0 : text.LastIndexOf('\n', from - 1) + 1;
        while (start < text.Length)
        {
            var indent = text.AsSpan(start);
            indent = indent[..(indent.Length - indent.TrimStart(" \t").Length)];
            if (indent.IndexOf('\t') is >= 0 and var tab)
            {
                return start + tab;
            }

            var next = text.IndexOf('\n', start);
            start = next < 0 ? text.Length : next + 1;
        }

        return -1;
    }

    private static string Sentence(string message)
    {
        var text = message.Trim().TrimEnd('.');
        return text.Length == 0 ? "this is no YAML" : "this is no YAML: " + char.ToLowerInvariant(text[0]) + text[1..];
    }
}
