using System.Globalization;
using System.Text;

namespace Keyless.Language.Workflow.Expressions;

/// <summary>
/// JSON as <c>toJSON</c> writes and <c>fromJSON</c> reads it. GitHub's runner reads leniently: single quotes, bare names, trailing commas,
/// comments inside, <c>NaN</c>, octal numbers and anything after the value pass, and so they must here.
/// </summary>
public static class ValueJson
{
    private const int MaxDepth = 128;

    /// <summary>Two blanks a level, members in their stored order.</summary>
    public static string Write(Value value)
    {
        var text = new StringBuilder();
        Write(value, 0, text);
        return text.ToString();
    }

    /// <summary>The value, or what is wrong with the text.</summary>
    public static (Value Value, string? Error) Read(string text)
    {
        var reader = new Reader(text);
        var value = reader.Document();
        return (value, reader.Error);
    }

    private static void Write(Value value, int depth, StringBuilder text)
    {
        switch (value.Kind)
        {
            case ValueKind.Null:
                text.Append("null");
                break;
            case ValueKind.String:
                Quote(value.AsString!, text);
                break;
            case ValueKind.Array when value.AsArray!.Count == 0:
                text.Append("[]");
                break;
            case ValueKind.Object when value.AsObject!.Count == 0:
                text.Append("{}");
                break;
            case ValueKind.Array:
                text.Append('[');
                var first = true;
                foreach (var item in value.AsArray!.Items)
                {
                    NewLine(ref first, depth + 1, text);
                    Write(item, depth + 1, text);
                }

                text.Append('\n').Append(' ', depth * 2).Append(']');
                break;
            case ValueKind.Object:
                text.Append('{');
                first = true;
                foreach (var (name, member) in value.AsObject!.Members)
                {
                    NewLine(ref first, depth + 1, text);
                    Quote(name, text);
                    text.Append(": ");
                    Write(member, depth + 1, text);
                }

                text.Append('\n').Append(' ', depth * 2).Append('}');
                break;
            default:
                text.Append(value.ToText());
                break;
        }
    }

    private static void NewLine(ref bool first, int depth, StringBuilder text)
    {
        text.Append(first ? "\n" : ",\n").Append(' ', depth * 2);
        first = false;
    }

    private static void Quote(string content, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in content)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' or '\u0085' or '\u2028' or '\u2029' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    private ref struct Reader(string text)
    {
        private int _index;
        private int _depth;

        public string? Error { get; private set; }

        public Value Document()
        {
            SkipBlanks();
            if (_index == text.Length)
            {
                return Fail("it is empty");
            }

            // A comment before the value is taken for the value, which then is null.
            if (text[_index] == '/')
            {
                SkipComment();
                return Value.Null;
            }

            return ReadValue();
        }

        private Value ReadValue()
        {
            SkipBlanksAndComments();
            if (Error is not null || _index == text.Length)
            {
                return Fail("it ends where a value must follow");
            }

            switch (text[_index])
            {
                case '{':
                    return Nested(ReadObject());
                case '[':
                    return Nested(ReadArray());
                case '"' or '\'':
                    return ReadString();
                case '-' or '+' or '.' or (>= '0' and <= '9'):
                    return ReadNumber();
                default:
                    return ReadWord();
            }
        }

        private Value Nested(Value value)
        {
            _depth--;
            return value;
        }

        private bool Enter()
        {
            _index++;
            if (++_depth > MaxDepth)
            {
                Fail($"it nests deeper than {MaxDepth} levels");
            }

            return Error is null;
        }

        private Value ReadArray()
        {
            var items = new List<Value>();
            if (!Enter())
            {
                return Value.Null;
            }

            while (Error is null)
            {
                SkipBlanksAndComments();
                if (TryTake(']'))
                {
                    return new ArrayValue(items);
                }

                if (TryTake(','))
                {
                    // A missing element counts as undefined, which becomes null.
                    items.Add(Value.Null);
                    continue;
                }

                items.Add(ReadValue());
                SkipBlanksAndComments();
                if (!TryTake(',') && !(_index < text.Length && text[_index] == ']'))
                {
                    return Fail($"`,` or `]` is expected at character {_index + 1}");
                }
            }

            return Value.Null;
        }

        private Value ReadObject()
        {
            var members = new ObjectValue();
            if (!Enter())
            {
                return Value.Null;
            }

            while (Error is null)
            {
                SkipBlanksAndComments();
                if (TryTake('}'))
                {
                    return members;
                }

                var name = ReadName();
                SkipBlanksAndComments();
                if (Error is null && !TryTake(':'))
                {
                    return Fail($"`:` is expected at character {_index + 1}");
                }

                var value = ReadValue();
                if (Error is not null)
                {
                    break;
                }

                members[name] = value;
                SkipBlanksAndComments();
                if (!TryTake(',') && !(_index < text.Length && text[_index] == '}'))
                {
                    return Fail($"`,` or `}}` is expected at character {_index + 1}");
                }
            }

            return Value.Null;
        }

        private string ReadName()
        {
            if (_index < text.Length && text[_index] is '"' or '\'')
            {
                return ReadString().ToText();
            }

            var start = _index;
            while (_index < text.Length && (char.IsLetterOrDigit(text[_index]) || text[_index] is '_' or '$'))
            {
                _index++;
            }

            if (_index == start)
            {
                Fail($"a name in quotes is expected at character {_index + 1}");
            }

            return text[start.._index];
        }

        private Value ReadString()
        {
            var quote = text[_index++];
            var content = new StringBuilder();
            while (_index < text.Length)
            {
                var c = text[_index++];
                if (c == quote)
                {
                    return content.ToString();
                }

                if (c != '\\')
                {
                    content.Append(c);
                    continue;
                }

                if (_index == text.Length)
                {
                    break;
                }

                var escape = text[_index++];
                switch (escape)
                {
                    case 'n':
                        content.Append('\n');
                        break;
                    case 'r':
                        content.Append('\r');
                        break;
                    case 't':
                        content.Append('\t');
                        break;
                    case 'b':
                        content.Append('\b');
                        break;
                    case 'f':
                        content.Append('\f');
                        break;
                    case '"' or '\'' or '\\' or '/':
                        content.Append(escape);
                        break;
                    case 'u' when _index + 4 <= text.Length && ushort.TryParse(text.AsSpan(_index, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                        content.Append((char)unit);
                        _index += 4;
                        break;
                    default:
                        return Fail($"`\\{escape}` at character {_index - 1} is no escape");
                }
            }

            return Fail("a text has no closing quote");
        }

        private Value ReadNumber()
        {
            var start = _index;
            while (_index < text.Length && (char.IsAsciiLetterOrDigit(text[_index]) || text[_index] is '-' or '+' or '.'))
            {
                _index++;
            }

            var word = text.AsSpan(start, _index - start);
            var digits = word[0] is '-' or '+' ? word[1..] : word;
            var sign = word[0] == '-' ? -1.0 : 1.0;
            switch (digits)
            {
                case "Infinity":
                    return sign * double.PositiveInfinity;
                case ['0', 'x' or 'X', ..] when long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex):
                    return sign * hex;
                case ['0', (>= '0' and <= '9'), ..] when TryOctal(digits, out var octal):
                    return sign * octal;
                case [(>= '0' and <= '9') or '.', ..] when double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number):
                    return sign * number;
                default:
                    return Fail($"`{word}` at character {start + 1} is no number");
            }
        }

        private static bool TryOctal(ReadOnlySpan<char> digits, out double number)
        {
            number = 0;
            foreach (var c in digits)
            {
                if (c is < '0' or > '7')
                {
                    return false;
                }

                number = (number * 8) + (c - '0');
            }

            return true;
        }

        private Value ReadWord()
        {
            var start = _index;
            while (_index < text.Length && char.IsLetterOrDigit(text[_index]))
            {
                _index++;
            }

            switch (text.AsSpan(start, _index - start))
            {
                case "true":
                    return true;
                case "false":
                    return false;
                case "null" or "undefined":
                    return Value.Null;
                case "NaN":
                    return double.NaN;
                case "Infinity":
                    return double.PositiveInfinity;
                default:
                    return Fail($"a value is expected at character {start + 1}");
            }
        }

        private bool TryTake(char c)
        {
            if (_index < text.Length && text[_index] == c)
            {
                _index++;
                return true;
            }

            return false;
        }

        private void SkipBlanks()
        {
            while (_index < text.Length && (char.IsWhiteSpace(text[_index]) || text[_index] == '\uFEFF'))
            {
                _index++;
            }
        }

        private void SkipBlanksAndComments()
        {
            SkipBlanks();
            while (_index < text.Length && text[_index] == '/' && Error is null)
            {
                SkipComment();
                SkipBlanks();
            }
        }

        private void SkipComment()
        {
            var rest = text.AsSpan(_index);
            var length = rest switch
            {
                ['/', '*', ..] => rest[2..].IndexOf("*/") is >= 0 and var end ? end + 4 : -1,
                ['/', '/', ..] => rest.IndexOf('\n') is >= 0 and var end ? end : rest.Length,
                _ => -1,
            };
            if (length < 0)
            {
                Fail($"`/` at character {_index + 1} begins no comment");
                length = rest.Length;
            }

            _index += length;
        }

        private Value Fail(string error)
        {
            Error ??= error;
            return Value.Null;
        }
    }
}
