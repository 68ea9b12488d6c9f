using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Tree;

/// <summary>
/// Reads JSON (RFC 8259) into a <see cref="Node"/> tree with the exact span of every value. It recovers from the usual slips
/// (comments, trailing commas, single quotes, missing commas), so that one reading names all of them; each is still an error.
/// </summary>
public static class JsonReader
{
    /// <summary>The longest text read, in UTF-16 units.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    /// <summary>The deepest nesting of objects and arrays.</summary>
    public const int MaxDepth = 64;

    /// <summary>After this many problems the rest is noise.</summary>
    public const int MaxProblems = 50;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The tree, null only when there is no value at all, and every problem in document order.</summary>
    public static ReadResult Read(SourceText source)
    {
        if (source.Text.Length > MaxLength)
        {
            var message = $"the document has {source.Text.Length} characters, more than the {MaxLength} that are read";
            return new ReadResult(null, [Diagnostic.Error("json-syntax", source, new SourceSpan(0, 0), message)]);
        }

        if (LoneSurrogate(source.Text) is var half and >= 0)
        {
            var message = $"U+{(int)source.Text[half]:X4} is half of a surrogate pair, which is no character";
            return new ReadResult(null, [Diagnostic.Error("json-syntax", source, new SourceSpan(half, 1), message, "save the document as UTF-8 again")]);
        }

        var reader = new Reader(source);
        var root = reader.ReadDocument();
        return new ReadResult(root, reader.Problems);
    }

    private static int LoneSurrogate(string text)
    {
        for (var at = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0 && at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]))
            {
                if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                {
                    return at;
                }

                at++;
            }
        }

        return -1;
    }

    /// <summary>One pass over the text. Every method leaves <c>_at</c> behind what it read; nothing is read twice.</summary>
    private sealed class Reader(SourceText source)
    {
        private readonly string _text = source.Text;
        private readonly ImmutableArray<Diagnostic>.Builder _problems = ImmutableArray.CreateBuilder<Diagnostic>();
        private int _at;
        private int _depth;

        /// <summary>An open string swallows brackets: that they are missing then is no news.</summary>
        private bool _sawOpenString;

        public ImmutableArray<Diagnostic> Problems => [.. _problems.OrderBy(p => p.Span.Start)];

        private char Current => _at < _text.Length ? _text[_at] : '\0';

        private bool AtEnd => _at >= _text.Length;

        public Node? ReadDocument()
        {
            SkipByteOrderMark();
            SkipBlanks();
            if (AtEnd)
            {
                Report(new SourceSpan(0, 0), "the document is empty", "a JSON document is one value, for example `{}`");
                return null;
            }

            var root = ReadValue();
            SkipBlanks();
            if (!AtEnd)
            {
                Report(SourceSpan.FromBounds(_at, EndOfWord(_at)),
                    $"{Shown(_at)} stands behind the end of the document",
                    "a JSON document is one value; a closing bracket may stand too early");
            }

            return root;
        }

        private Node? ReadValue()
        {
            var start = _at;
            switch (Current)
            {
                case '{':
                    return ReadNested(ReadObject);
                case '[':
                    return ReadNested(ReadArray);
                case '"':
                    return ReadString('"');
                case '\'':
                    return ReadSingleQuoted();
                case '\u201C' or '\u201D' or '\u2018' or '\u2019':
                    return ReadCurlyQuoted();
                case '}' or ']' or ',' or ':':
                case '\0' when AtEnd:
                    Report(new SourceSpan(start, AtEnd ? 0 : 1), $"expected a value, got {Shown(start)}",
                        "a value is a string in double quotes, a number, `true`, `false`, `null`, an object or an array");
                    return null;
                default:
                    return ReadBareWord();
            }
        }

        private Node? ReadNested(Func<Node?> read)
        {
            if (_depth == MaxDepth)
            {
                Report(new SourceSpan(_at, 1), $"objects and arrays are nested more than {MaxDepth} deep");
                SkipNested();
                return null;
            }

            _depth++;
            var node = read();
            _depth--;
            return node;
        }

        private MappingNode ReadObject()
        {
            var open = _at++;
            var members = ImmutableArray.CreateBuilder<Member>();
            var seen = new Dictionary<string, SourceSpan>(StringComparer.Ordinal);
            while (NextElement(open, '}', members.Count > 0))
            {
                var before = _at;
                if (ReadMember() is { } member)
                {
                    ReportTwice(member, seen);
                    members.Add(member);
                }

                EnsureProgress(before);
            }

            return new MappingNode(source, SourceSpan.FromBounds(open, _at), members.DrainToImmutable());
        }

        private SequenceNode ReadArray()
        {
            var open = _at++;
            var items = ImmutableArray.CreateBuilder<Node>();
            while (NextElement(open, ']', items.Count > 0))
            {
                var before = _at;
                if (ReadValue() is { } item)
                {
                    items.Add(item);
                }

                EnsureProgress(before);
            }

            return new SequenceNode(source, SourceSpan.FromBounds(open, _at), items.DrainToImmutable());
        }

        /// <summary>Moves to the next member or item; false behind the closing bracket, which is consumed.</summary>
        private bool NextElement(int open, char close, bool needsComma)
        {
            SkipBlanks();
            var comma = -1;
            while (Current == ',')
            {
                if (!needsComma || comma >= 0)
                {
                    Report(new SourceSpan(_at, 1), "a comma stands here without a value before it", "remove this comma", fix: "");
                }

                comma = _at++;
                SkipBlanks();
            }

            if (Current == close && !AtEnd)
            {
                if (comma >= 0 && needsComma)
                {
                    Report(new SourceSpan(comma, 1), $"a comma stands before the closing `{close}`",
                        "JSON has no trailing commas: remove it", fix: "");
                }

                _at++;
                return false;
            }

            if (AtEnd)
            {
                if (!_sawOpenString)
                {
                    Report(new SourceSpan(open, 1), $"this `{_text[open]}` is never closed", $"add the missing `{close}`");
                }

                return false;
            }

            if (Current is '}' or ']')
            {
                var line = source.PositionOf(open);
                Report(new SourceSpan(_at, 1), $"expected `{close}` for the `{_text[open]}` of line {line.Line}, got `{Current}`");

                // Whoever opened the other bracket further out will take it; alone it is skipped as ours.
                if (_depth == 1)
                {
                    _at++;
                }

                return false;
            }

            if (needsComma && comma < 0)
            {
                var end = EndOfPreviousToken();
                Report(SourceSpan.FromBounds(_at, EndOfWord(_at)), $"expected `,` before {Shown(_at)}",
                    $"add a comma at {source.PositionOf(end)}, behind what comes before");
            }

            return true;
        }

        private Member? ReadMember()
        {
            var key = ReadKey();
            SkipBlanks();
            if (Current == ':')
            {
                _at++;
            }
            else if (Current == '=')
            {
                Report(new SourceSpan(_at, 1), "`=` stands between name and value", "write `:`", fix: ":");
                _at++;
                if (Current == '>')
                {
                    _at++;
                }
            }
            else
            {
                Report(SourceSpan.FromBounds(_at, EndOfWord(_at)), $"expected `:` behind {ShownName(key)}, got {Shown(_at)}");
                if (key is null || Current is ',' or '}' or ']' || AtEnd)
                {
                    return null;
                }
            }

            SkipBlanks();
            var value = ReadValue();
            return key is null || value is null ? null : new Member(key, value);
        }

        private ScalarNode? ReadKey()
        {
            switch (Current)
            {
                case '"':
                    return ReadString('"');
                case '\'':
                    return ReadSingleQuoted();
                case '\u201C' or '\u201D' or '\u2018' or '\u2019':
                    return ReadCurlyQuoted();
                case var c when char.IsLetter(c) || c is '_' or '$':
                    var span = SourceSpan.FromBounds(_at, EndOfName(_at));
                    _at = span.End;
                    Report(span, $"the name `{source[span]}` is not in double quotes", $"write `\"{source[span]}\"`", fix: $"\"{source[span]}\"");
                    return new ScalarNode(source, span, source[span], ScalarKind.String, ScalarStyle.Plain);
                default:
                    Report(SourceSpan.FromBounds(_at, EndOfWord(_at)), $"expected a member name in double quotes, got {Shown(_at)}");
                    if (ReadValue() is null)
                    {
                        return null;
                    }

                    return null;
            }
        }

        private void ReportTwice(Member member, Dictionary<string, SourceSpan> seen)
        {
            if (seen.TryGetValue(member.Name, out var first))
            {
                ReportAs("json-duplicate-key", member.Key.Span, $"member `{Cut(member.Name)}` occurs twice in one object",
                    $"the first one is at {source.PositionOf(first.Start)}; readers differ in which of the two they keep, so merge them");
            }
            else
            {
                seen.Add(member.Name, member.Key.Span);
            }
        }

        private ScalarNode ReadSingleQuoted()
        {
            var start = _at;
            var node = ReadString('\'');
            Report(new SourceSpan(start, node.Span.Length), $"{Shown(start)} is in single quotes", "JSON strings stand in double quotes");
            return node;
        }

        private ScalarNode ReadCurlyQuoted()
        {
            var start = _at++;
            while (!AtEnd && Current is not ('\u201C' or '\u201D' or '\u2018' or '\u2019' or '"' or '\n' or '\r'))
            {
                _at++;
            }

            var text = _text[(start + 1).._at];
            if (!AtEnd && Current is not ('\n' or '\r'))
            {
                _at++;
            }

            var span = SourceSpan.FromBounds(start, _at);
            Report(span, $"`{Cut(text)}` is in typographic quotes", "JSON strings stand in plain double quotes `\"`; a word processor may have changed them", fix: $"\"{text}\"");
            return new ScalarNode(source, span, text, ScalarKind.String, ScalarStyle.DoubleQuoted);
        }

        private ScalarNode ReadString(char quote)
        {
            var start = _at++;
            var plain = _text.AsSpan(_at);
            var length = plain.IndexOfAnyInRange('\0', '\u001f') is var control and >= 0 ? control : plain.Length;
            var end = plain[..length].IndexOfAny(quote, '\\');
            if (end >= 0 && plain[end] == quote)
            {
                _at += end + 1;
                return new ScalarNode(source, SourceSpan.FromBounds(start, _at), plain[..end].ToString(), ScalarKind.String, ScalarStyle.DoubleQuoted);
            }

            var text = new StringBuilder();
            while (true)
            {
                if (AtEnd || Current is '\n' or '\r')
                {
                    _sawOpenString = true;
                    Report(SourceSpan.FromBounds(start, _at), $"this string is not closed on its line", $"add the missing `{quote}`; a line break inside a string is written `\\n`");
                    break;
                }

                if (Current == quote)
                {
                    _at++;
                    break;
                }

                if (Current == '\\')
                {
                    ReadEscape(text);
                    continue;
                }

                if (Current < ' ')
                {
                    Report(new SourceSpan(_at, 1), $"a string holds the control character U+{(int)Current:X4}", Current == '\t' ? "write `\\t`" : $"write `\\u{(int)Current:x4}`");
                }

                text.Append(_text[_at++]);
            }

            return new ScalarNode(source, SourceSpan.FromBounds(start, _at), text.ToString(), ScalarKind.String, quote == '"' ? ScalarStyle.DoubleQuoted : ScalarStyle.SingleQuoted);
        }

        private void ReadEscape(StringBuilder text)
        {
            var start = _at++;
            var escape = AtEnd ? '\0' : _text[_at++];
            switch (escape)
            {
                case '"' or '\\' or '/':
                    text.Append(escape);
                    break;
                case 'b':
                    text.Append('\b');
                    break;
                case 'f':
                    text.Append('\f');
                    break;
                case 'n':
                    text.Append('\n');
                    break;
                case 'r':
                    text.Append('\r');
                    break;
                case 't':
                    text.Append('\t');
                    break;
                case 'u' when TryReadUnit(out var unit):
                    AppendUnit(text, start, unit);
                    break;
                default:
                    if (escape is '\n' or '\r' or '\0')
                    {
                        _at = start + 1;
                    }

                    var span = SourceSpan.FromBounds(start, _at);
                    Report(span, $"`{source[span]}` is no escape of JSON strings",
                        "expected one of `\\\"` `\\\\` `\\/` `\\b` `\\f` `\\n` `\\r` `\\t` and `\\u` with four hexadecimal digits; a backslash itself is `\\\\`");
                    text.Append(source[span].AsSpan(1));
                    break;
            }
        }

        /// <summary>Four hexadecimal digits.</summary>
        private bool TryReadUnit(out char unit)
        {
            unit = '\0';
            var digits = _text.AsSpan(_at, Math.Min(4, _text.Length - _at));
            if (digits.Length < 4 || digits.ContainsAnyExcept(HexDigits))
            {
                return false;
            }

            unit = (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            _at += 4;
            return true;
        }

        /// <summary>Half of a surrogate pair is no character and could not be written as UTF-8 again (RFC 8259 section 8.2).</summary>
        private void AppendUnit(StringBuilder text, int start, char unit)
        {
            if (char.IsHighSurrogate(unit) && _text.AsSpan(_at).StartsWith("\\u"))
            {
                var second = _at;
                _at += 2;
                if (TryReadUnit(out var low) && char.IsLowSurrogate(low))
                {
                    text.Append(unit).Append(low);
                    return;
                }

                _at = second;
            }

            if (char.IsSurrogate(unit))
            {
                var span = SourceSpan.FromBounds(start, _at);
                Report(span, $"`{source[span]}` is half of a surrogate pair, which is no character", "write both halves, or the character itself");
                unit = '\uFFFD';
            }

            text.Append(unit);
        }

        /// <summary>A number, <c>true</c>, <c>false</c>, <c>null</c>, or a word that means none of them.</summary>
        private ScalarNode ReadBareWord()
        {
            var span = SourceSpan.FromBounds(_at, EndOfWord(_at));
            var word = source[span];
            _at = span.End;
            switch (word)
            {
                case "true" or "false":
                    return new ScalarNode(source, span, word, ScalarKind.Boolean, ScalarStyle.Plain);
                case "null":
                    return new ScalarNode(source, span, word, ScalarKind.Null, ScalarStyle.Plain);
            }

            if (IsNumber(word))
            {
                return new ScalarNode(source, span, word, ScalarKind.Number, ScalarStyle.Plain);
            }

            if (word[0] is '-' or '+' or '.' or (>= '0' and <= '9'))
            {
                Report(span, $"`{Cut(word)}` is no JSON number", "digits with an optional `-`, fraction and exponent, without leading zeros; an account id must be a string in double quotes");
                return new ScalarNode(source, span, word, ScalarKind.Number, ScalarStyle.Plain);
            }

            var meant = word switch
            {
                "True" or "TRUE" => "true",
                "False" or "FALSE" => "false",
                "None" or "NULL" or "Null" or "undefined" or "nil" => "null",
                _ => null,
            };
            Report(span, $"`{Cut(word)}` is no JSON value", meant is null ? $"text stands in double quotes: `\"{Cut(word)}\"`" : $"write `{meant}`", fix: meant ?? $"\"{word}\"");
            var kind = meant switch { null => ScalarKind.String, "null" => ScalarKind.Null, _ => ScalarKind.Boolean };
            return new ScalarNode(source, span, meant ?? word, kind, ScalarStyle.Plain);
        }

        /// <summary>The number production of RFC 8259 section 6.</summary>
        private static bool IsNumber(string word)
        {
            var at = 0;
            if (word[at] == '-')
            {
                at++;
            }

            var digits = Digits(word, ref at);
            if (digits == 0 || (digits > 1 && word[at - digits] == '0'))
            {
                return false;
            }

            if (at < word.Length && word[at] == '.')
            {
                at++;
                if (Digits(word, ref at) == 0)
                {
                    return false;
                }
            }

            if (at < word.Length && word[at] is 'e' or 'E')
            {
                at++;
                if (at < word.Length && word[at] is '+' or '-')
                {
                    at++;
                }

                if (Digits(word, ref at) == 0)
                {
                    return false;
                }
            }

            return at == word.Length;
        }

        private static int Digits(string word, ref int at)
        {
            var start = at;
            while (at < word.Length && char.IsAsciiDigit(word[at]))
            {
                at++;
            }

            return at - start;
        }

        private void SkipByteOrderMark()
        {
            if (Current == '\uFEFF')
            {
                Report(new SourceSpan(0, 1), "the document starts with a byte order mark", "save it as UTF-8 without one", fix: "");
                _at++;
            }
        }

        private void SkipBlanks()
        {
            while (!AtEnd)
            {
                switch (Current)
                {
                    case ' ' or '\t' or '\n' or '\r':
                        _at++;
                        break;
                    case '/' when _at + 1 < _text.Length && _text[_at + 1] is '/' or '*':
                    case '#':
                        SkipComment();
                        break;
                    case '\u00A0' or '\u200B' or '\uFEFF' or '\u2028' or '\u2029':
                        Report(new SourceSpan(_at, 1), $"U+{(int)Current:X4} looks like a space and is none", "replace it by a plain space", fix: " ");
                        _at++;
                        break;
                    default:
                        return;
                }
            }
        }

        private void SkipComment()
        {
            var start = _at;
            int end;
            if (Current == '/' && _text[_at + 1] == '*')
            {
                var close = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                end = close < 0 ? _text.Length : close + 2;
            }
            else
            {
                var line = _text.AsSpan(_at).IndexOfAny('\r', '\n');
                end = line < 0 ? _text.Length : _at + line;
            }

            _at = end;
            Report(SourceSpan.FromBounds(start, end), "JSON has no comments", "remove it; a statement's `Sid` or the role's description can carry a remark");
        }

        /// <summary>Skips a bracketed value of any depth without recursion; strings may hold brackets.</summary>
        private void SkipNested()
        {
            var depth = 0;
            while (!AtEnd)
            {
                var c = _text[_at++];
                if (c is '{' or '[')
                {
                    depth++;
                }
                else if (c is '}' or ']' && --depth == 0)
                {
                    return;
                }
                else if (c == '"')
                {
                    while (!AtEnd && _text[_at] is not ('"' or '\n'))
                    {
                        _at += _text[_at] == '\\' ? 2 : 1;
                    }

                    _at = Math.Min(_at + 1, _text.Length);
                }
            }
        }

        /// <summary>A reading that consumed nothing would loop: skip one character, which was already reported.</summary>
        private void EnsureProgress(int before)
        {
            if (_at == before && !AtEnd)
            {
                _at++;
            }
        }

        private int EndOfName(int at)
        {
            while (at < _text.Length && (char.IsLetterOrDigit(_text[at]) || _text[at] is '_' or '-' or '$' or '.'))
            {
                at++;
            }

            return at;
        }

        private int EndOfWord(int at)
        {
            var start = at;
            while (at < _text.Length && _text[at] is not (',' or '{' or '}' or '[' or ']' or ':' or '"' or ' ' or '\t' or '\n' or '\r'))
            {
                at++;
            }

            return at == start && at < _text.Length ? at + 1 : at;
        }

        private int EndOfPreviousToken()
        {
            var at = _at;
            while (at > 0 && char.IsWhiteSpace(_text[at - 1]))
            {
                at--;
            }

            return at;
        }

        private string Shown(int at) => at >= _text.Length ? "the end of the document" : $"`{Cut(_text[at..EndOfShown(at)])}`";

        private int EndOfShown(int at)
        {
            if (_text[at] is not ('"' or '\''))
            {
                return EndOfWord(at);
            }

            var end = _text.AsSpan(at + 1).IndexOfAny(_text[at], '\n');
            return end < 0 ? _text.Length : _text[at + 1 + end] == '\n' ? at + 1 + end : at + end + 2;
        }

        private static string ShownName(ScalarNode? key) => key is null ? "the member name" : $"`{Cut(key.Text)}`";

        private static string Cut(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "...");

        private void Report(SourceSpan span, string message, string? help = null, string? fix = null) => ReportAs("json-syntax", span, message, help, fix);

        private void ReportAs(string id, SourceSpan span, string message, string? help = null, string? fix = null)
        {
            if (_problems.Count < MaxProblems)
            {
                _problems.Add(new Diagnostic(id, Severity.Error, source, span, message) { Help = help, Fix = fix });
            }
        }
    }
}
