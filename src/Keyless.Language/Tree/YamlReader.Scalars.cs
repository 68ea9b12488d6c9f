using System.Globalization;
using System.Text;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Tree;

/// <summary>Texts: plain, quoted and block scalars, their folding, and what their tags make of them. YAML 1.2.2, sections 7.3 and 8.1.</summary>
public sealed partial class YamlReader
{
    /// <summary>Where the last plain scalar began: what cannot follow it is explained by it.</summary>
    private int _scalarStart;

    private ScalarNode PlainNode(int start, int end, string text) =>
        new(_source, SourceSpan.FromBounds(start, end), text, YamlScalar.KindOf(text), ScalarStyle.Plain);

    private void CheckPlainStart(bool inFlow)
    {
        var c = Here;
        var illegal = c is ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`'
            || (c is '-' or '?' or ':' && (IsBlankOrBreak(_pos + 1) || (inFlow && _text[_pos + 1] is ',' or '[' or ']' or '{' or '}')));
        if (illegal)
        {
            throw c is ']' or '}' or ',' ? Unexpected()
                : c is '-' ? Stop("yaml-syntax", new SourceSpan(_pos, 1), "a list item cannot stand here", "put it on a line of its own, or quote the text")
                : Stop("yaml-syntax", new SourceSpan(_pos, 1), $"a plain text cannot begin with `{c}`", "put the value in quotes");
        }
    }

    private ScalarNode Plain(int parent, bool inFlow)
    {
        CheckPlainStart(inFlow);
        var start = _pos;
        _scalarStart = start;
        var text = new StringBuilder();
        var end = _pos;
        while (true)
        {
            var from = _pos;
            while (_pos < _text.Length && !IsBreak(_pos) && !EndsPlain(from, inFlow))
            {
                _pos++;
            }

            var segment = _text.AsSpan(from.._pos).TrimEnd(" \t");
            text.Append(segment);
            end = segment.IsEmpty ? end : from + segment.Length;
            if (!IsBreak(_pos) || !ContinuesPlain(parent, inFlow, out var breaks))
            {
                break;
            }

            Fold(text, breaks);
        }

        _contentEnd = end;
        return PlainNode(start, end, text.ToString());
    }

    private bool EndsPlain(int from, bool inFlow) => Here switch
    {
        '#' => _pos > from && _text[_pos - 1] is ' ' or '\t',
        ':' => IsBlankOrBreak(_pos + 1) || (inFlow && _text[_pos + 1] is ',' or '[' or ']' or '{' or '}'),
        ',' or '[' or ']' or '{' or '}' => inFlow,
        _ => false,
    };

    /// <summary>Whether the text goes on behind the line end; then the place is there.</summary>
    private bool ContinuesPlain(int parent, bool inFlow, out int breaks)
    {
        var end = _pos;
        breaks = SkipBreaks();
        var stops = _pos == _text.Length || Here == '#' || IsMarker("---") || IsMarker("...")
            || (inFlow ? Here is ',' or '[' or ']' or '{' or '}' || IsFlowValue(adjacent: false) : Column(_pos) <= parent);
        _pos = stops ? end : _pos;
        return !stops;
    }

    /// <summary>Skips line ends with the blanks around them; the number of line ends.</summary>
    private int SkipBreaks()
    {
        var breaks = 0;
        while (_pos < _text.Length && _text[_pos] is ' ' or '\t' or '\r' or '\n')
        {
            if (_text[_pos] == '\n' || (_text[_pos] == '\r' && !(_pos + 1 < _text.Length && _text[_pos + 1] == '\n')))
            {
                breaks++;
            }

            _pos++;
        }

        return breaks;
    }

    /// <summary>One line end is a blank, more are one less.</summary>
    private static void Fold(StringBuilder text, int breaks) => _ = breaks == 1 ? text.Append(' ') : text.Append('\n', breaks - 1);

    private ScalarNode SingleQuoted()
    {
        var start = _pos++;
        var text = new StringBuilder();
        while (true)
        {
            if (_pos == _text.Length || IsBreak(_pos))
            {
                QuotedBreak(start, text);
            }
            else if (Here != '\'')
            {
                text.Append(_text[_pos++]);
            }
            else if (_pos + 1 < _text.Length && _text[_pos + 1] == '\'')
            {
                text.Append('\'');
                _pos += 2;
            }
            else
            {
                break;
            }
        }

        return Quoted(start, text, ScalarStyle.SingleQuoted);
    }

    private ScalarNode DoubleQuoted()
    {
        var start = _pos++;
        var text = new StringBuilder();
        while (Here != '"')
        {
            if (_pos == _text.Length || IsBreak(_pos))
            {
                QuotedBreak(start, text);
            }
            else if (Here == '\\')
            {
                Escape(text);
            }
            else
            {
                text.Append(_text[_pos++]);
            }
        }

        return Quoted(start, text, ScalarStyle.DoubleQuoted);
    }

    private ScalarNode Quoted(int start, StringBuilder text, ScalarStyle style)
    {
        _pos++;
        _contentEnd = _pos;
        return new ScalarNode(_source, SourceSpan.FromBounds(start, _pos), text.ToString(), ScalarKind.String, style);
    }

    private void QuotedBreak(int start, StringBuilder text)
    {
        // Blanks before a line end do not count, unless they were written as escapes.
        var blanks = 0;
        while (blanks < text.Length && text[^(blanks + 1)] is ' ' or '\t' && _text[_pos - 1 - blanks] is ' ' or '\t' && !(_pos - 2 - blanks >= 0 && _text[_pos - 2 - blanks] == '\\'))
        {
            blanks++;
        }

        text.Length -= blanks;
        var breaks = SkipBreaks();
        if (_pos == _text.Length || IsMarker("---") || IsMarker("..."))
        {
            throw Stop("yaml-syntax", new SourceSpan(start, 1), "this quote is never closed", $"close it with `{_text[start]}`{(_text[start] == '\'' ? "; a quote inside is written `''`" : "")}");
        }

        Fold(text, breaks);
    }

    private void Escape(StringBuilder text)
    {
        var at = _pos;
        _pos += 2;
        var c = at + 1 < _text.Length ? _text[at + 1] : '\0';
        switch (c)
        {
            case '\r' or '\n':
                // An escaped line end joins the lines.
                _pos = c == '\r' && at + 2 < _text.Length && _text[at + 2] == '\n' ? at + 3 : at + 2;
                SkipBlanks();
                return;
            case 'x':
                text.Append(Unicode(at, 2));
                return;
            case 'u':
                text.Append(Unicode(at, 4));
                return;
            case 'U':
                text.Append(Unicode(at, 8));
                return;
        }

        var value = c switch
        {
            '0' => "\0",
            'a' => "\a",
            'b' => "\b",
            't' or '\t' => "\t",
            'n' => "\n",
            'v' => "\v",
            'f' => "\f",
            'r' => "\r",
            'e' => "\e",
            ' ' => " ",
            '"' => "\"",
            '/' => "/",
            '\\' => "\\",
            'N' => "\u0085",
            '_' => "\u00a0",
            'L' => "\u2028",
            'P' => "\u2029",
            _ => throw Stop("yaml-syntax", new SourceSpan(at, Math.Min(2, _text.Length - at)), $"`\\{c}` is no escape", "write `\\\\` for a backslash, or use single quotes, where it is an ordinary character"),
        };
        text.Append(value);
    }

    private string Unicode(int at, int digits)
    {
        var end = at + 2 + digits;
        if (end > _text.Length || !uint.TryParse(_text.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF)
        {
            throw Stop("yaml-syntax", SourceSpan.FromBounds(at, Math.Min(end, _text.Length)), $"`\\{_text[at + 1]}` needs {digits} hexadecimal digits");
        }

        _pos = end;
        return code is >= 0xD800 and <= 0xDFFF or < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32((int)code);
    }

    private ScalarNode BlockScalar(int parent)
    {
        var start = _pos;
        var folded = Here == '>';
        var (chomping, indent) = BlockHeader(parent);
        var lines = new List<string>();
        var (endsWithBreak, end) = (true, _pos);
        for (var at = _pos; at < _text.Length;)
        {
            var lineEnd = LineEnd(at);
            var blanks = _text.AsSpan(at..lineEnd).IndexOfAnyExcept(' ');
            var isBlank = blanks < 0;
            blanks = isBlank ? lineEnd - at : blanks;
            if (!isBlank && indent < 0)
            {
                indent = Math.Max(blanks, parent + 1);
            }

            _pos = at;
            if ((!isBlank && blanks < indent) || IsMarker("---") || IsMarker("..."))
            {
                break;
            }

            lines.Add(isBlank && (indent < 0 || blanks <= indent) ? "" : _text[(at + indent)..lineEnd]);
            end = isBlank && lines[^1].Length == 0 ? end : lineEnd;
            endsWithBreak = lineEnd < _text.Length;
            at = !endsWithBreak ? lineEnd : lineEnd + (_text[lineEnd] == '\r' && lineEnd + 1 < _text.Length && _text[lineEnd + 1] == '\n' ? 2 : 1);
            _pos = at;
        }

        _contentEnd = end;
        var content = Chomp(lines, folded, chomping, endsWithBreak);
        return new ScalarNode(_source, SourceSpan.FromBounds(start, end), content, ScalarKind.String, folded ? ScalarStyle.Folded : ScalarStyle.Literal);
    }

    /// <summary>The indicators after <c>|</c> or <c>></c>: what becomes of the last line ends, and the indentation if it is written; else -1.</summary>
    private (char Chomping, int Indent) BlockHeader(int parent)
    {
        var (chomping, indent) = ('\0', -1);
        _pos++;
        while (Here is '+' or '-' or (>= '1' and <= '9'))
        {
            if (Here is '+' or '-')
            {
                chomping = Here;
            }
            else
            {
                indent = Math.Max(parent, 0) + (Here - '0');
            }

            _pos++;
        }

        SkipBlanks();
        if (Here == '#')
        {
            _pos = LineEnd(_pos);
        }

        if (_pos < _text.Length && !IsBreak(_pos))
        {
            throw Stop("yaml-syntax", SourceSpan.FromBounds(_pos, LineEnd(_pos)), "the text of a block must begin on the next line", "put a line end after `|` or `>`, or put the value in quotes");
        }

        _contentEnd = _pos;
        _pos += IsBreak(_pos) && _text[_pos] == '\r' && _pos + 1 < _text.Length && _text[_pos + 1] == '\n' ? 2 : _pos < _text.Length ? 1 : 0;
        return (chomping, indent);
    }

    private static string Chomp(List<string> lines, bool folded, char chomping, bool endsWithBreak)
    {
        var count = lines.FindLastIndex(l => l.Length > 0) + 1;
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            if (!folded)
            {
                text.Append(i == 0 ? "" : "\n").Append(lines[i]);
            }
            else
            {
                FoldLine(text, lines, i);
            }
        }

        var trailing = lines.Count - count;
        var last = count > 0 && (trailing > 0 || endsWithBreak);
        return chomping switch
        {
            '-' => text.ToString(),
            '+' => text.Append('\n', trailing + (last ? 1 : 0) - (trailing > 0 && !endsWithBreak ? 1 : 0)).ToString(),
            _ => text.Append(last ? "\n" : "").ToString(),
        };
    }

    /// <summary>Line ends between lines of text become blanks; those around indented lines, and empty lines, stay.</summary>
    private static void FoldLine(StringBuilder text, List<string> lines, int i)
    {
        if (lines[i].Length == 0)
        {
            return;
        }

        var before = i - 1;
        while (before >= 0 && lines[before].Length == 0)
        {
            before--;
        }

        var empty = i - before - 1;
        var indented = lines[i][0] is ' ' or '\t' || (before >= 0 && lines[before][0] is ' ' or '\t');
        _ = before < 0 ? text.Append('\n', empty)
            : indented ? text.Append('\n', empty + 1)
            : empty == 0 ? text.Append(' ')
            : text.Append('\n', empty);
        text.Append(lines[i]);
    }

    private ScalarNode Tagged(ScalarNode scalar, Properties properties)
    {
        if (properties is { Anchor: null, Tag: null })
        {
            return scalar;
        }

        var span = SourceSpan.FromBounds(properties.Start, Math.Max(scalar.Span.End, properties.Start));
        scalar = scalar with { Span = span };
        return properties.Tag is not { } tag ? scalar : scalar with { Tag = tag, Kind = TaggedKind(scalar, span, tag) };
    }

    private ScalarKind TaggedKind(ScalarNode scalar, SourceSpan span, string tag)
    {
        ScalarKind? wanted = tag switch
        {
            "!!str" or "!" => ScalarKind.String,
            "!!int" or "!!float" => ScalarKind.Number,
            "!!bool" => ScalarKind.Boolean,
            "!!null" => ScalarKind.Null,
            _ => null,
        };
        switch (wanted)
        {
            case null when !_options.LocalTags:
                throw UnknownTag(span, tag);
            case null or ScalarKind.String:
                return ScalarKind.String;
            case { } kind when scalar.Style != ScalarStyle.Plain || YamlScalar.KindOf(scalar.Text) != kind || (tag == "!!int" && !IsWhole(scalar.Text)):
                throw Stop("yaml-tag", span, $"the value `{Excerpt.Of(scalar.Text)}` is not what its tag `{tag}` says", scalar.Style == ScalarStyle.Plain ? null : "a quoted value is a text: remove the quotes or the tag");
            case { } kind:
                return kind;
        }
    }

    private static bool IsWhole(string text) => YamlScalar.TryNumber(text, out var value) && Math.Floor(value) == value && !text.AsSpan().ContainsAny('.', 'e', 'E');

    private string? CollectionTag(Properties properties, string implied) =>
        properties.Tag is not { } tag || tag == "!!" + implied || tag == "!" ? null
        : _options.LocalTags ? tag : throw UnknownTag(new SourceSpan(properties.Start, tag.Length), tag);

    private StopException UnknownTag(SourceSpan span, string tag) => Stop("yaml-tag", span, $"`{tag}` is read as a YAML tag, which this file cannot have",
        $"quote a value that begins with `!`, or write it as `${{{{ {tag} }}}}` if it is an expression");
}
