using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Tree;

/// <summary>Block style: structure by indentation. YAML 1.2.2, chapter 8.</summary>
public sealed partial class YamlReader
{
    /// <summary>The longest key, in characters, that needs no <c>?</c> before it.</summary>
    private const int LongestKey = 1024;

    /// <summary>A node that begins here or on a following line.</summary>
    /// <param name="parent">The column of the collection around it; the node stands to the right of that.</param>
    /// <param name="compact">Whether a block collection may begin on this very line, as after <c>- </c>.</param>
    /// <param name="listAtParent">Whether the items of a list may stand at the parent's column, as under a key.</param>
    private Node BlockNode(int parent, bool compact, bool listAtParent, int depth, out int height)
    {
        Enter(depth);
        height = 1;
        var from = _pos;
        if (!HasContent(parent, listAtParent))
        {
            return Empty(from);
        }

        if (IsFirstOnLine() || compact)
        {
            if (IsIndicator('-'))
            {
                return BlockSequence(Column(_pos), depth, default, out height);
            }

            if (IsIndicator('?') || IsKeyAhead())
            {
                return BlockMapping(Column(_pos), depth, default, out height);
            }
        }
        else if (IsIndicator('-'))
        {
            throw Stop("yaml-syntax", new SourceSpan(_pos, 1), "a list cannot begin on the line of its key", "put the first `-` on a line of its own");
        }

        var properties = ReadProperties();
        if (properties is { Anchor: null, Tag: null })
        {
            return BlockContent(properties, parent, depth, out height);
        }

        var inner = 1;
        var node = WithAnchor(properties, () => AfterProperties(properties, parent, listAtParent, depth, out inner), ref inner);
        height = inner;
        return node;
    }

    /// <summary>What an anchor or tag belongs to: it may stand on the next line, and then be a block collection.</summary>
    private Node AfterProperties(Properties properties, int parent, bool listAtParent, int depth, out int height)
    {
        height = 1;
        if (!HasContent(parent, listAtParent))
        {
            var empty = Empty(properties.Start);
            return properties.Tag is null ? empty : Tagged(empty with { Span = SourceSpan.FromBounds(properties.Start, _contentEnd) }, properties);
        }

        if (IsFirstOnLine() && _text.AsSpan(properties.Start.._pos).IndexOfAny('\r', '\n') >= 0)
        {
            if (IsIndicator('-'))
            {
                return BlockSequence(Column(_pos), depth, properties, out height);
            }

            if (IsIndicator('?') || IsKeyAhead())
            {
                return BlockMapping(Column(_pos), depth, properties, out height);
            }
        }

        return BlockContent(properties, parent, depth, out height);
    }

    private Node BlockContent(Properties properties, int parent, int depth, out int height)
    {
        height = 1;
        switch (Here)
        {
            case '*':
                return Alias(depth, out height);
            case '|' or '>':
                return Tagged(BlockScalar(parent), properties);
            case '[':
                return FlowSequence(depth, properties, out height);
            case '{':
                return FlowMapping(depth, properties, out height);
            case '"':
                return Tagged(DoubleQuoted(), properties);
            case '\'':
                return Tagged(SingleQuoted(), properties);
            default:
                return Tagged(Plain(parent, inFlow: false), properties);
        }
    }

    /// <summary>Goes to where the node would begin; false when the document ends there, or something that is less indented stands there.</summary>
    private bool HasContent(int parent, bool listAtParent)
    {
        var from = _pos;
        SkipToContent();
        if (_pos == _text.Length || IsMarker("---") || IsMarker("..."))
        {
            return false;
        }

        var crossed = _text.AsSpan(from.._pos).IndexOfAny('\r', '\n') >= 0;
        if (!crossed)
        {
            return true;
        }

        CheckIndentation();
        var column = Column(_pos);
        return column > parent || (listAtParent && column == parent && IsIndicator('-'));
    }

    private MappingNode BlockMapping(int column, int depth, Properties properties, out int height)
    {
        var start = properties is { Anchor: null, Tag: null } ? _pos : properties.Start;
        var tag = CollectionTag(properties, "map");
        var members = ImmutableArray.CreateBuilder<Member>();
        var seen = new Dictionary<string, ScalarNode>(_options.KeyComparer);
        height = 1;
        do
        {
            Node value;
            int below;
            ScalarNode key;
            if (IsIndicator('?'))
            {
                _pos++;
                key = Key(BlockNode(column, compact: true, listAtParent: false, depth + 1, out _));
                SkipToContent();
                if (IsIndicator(':') && Column(_pos) == column)
                {
                    _pos++;
                    value = BlockNode(column, compact: true, listAtParent: true, depth + 1, out below);
                }
                else
                {
                    (value, below) = (Empty(_contentEnd), 1);
                }
            }
            else if (IsKeyAhead())
            {
                key = ImplicitKey(depth + 1);
                SkipBlanks();
                _pos++;
                value = BlockNode(column, compact: false, listAtParent: true, depth + 1, out below);
            }
            else
            {
                throw Unexpected();
            }

            height = Math.Max(height, below + 1);
            Add(members, seen, key, value);
        }
        while (HasSibling(column) && !(IsIndicator('-') && Column(_pos) < column));
        return new MappingNode(_source, SourceSpan.FromBounds(start, Math.Max(start, _contentEnd)), members.ToImmutable()) { Tag = tag };
    }

    private SequenceNode BlockSequence(int column, int depth, Properties properties, out int height)
    {
        var start = properties is { Anchor: null, Tag: null } ? _pos : properties.Start;
        var tag = CollectionTag(properties, "seq");
        var items = ImmutableArray.CreateBuilder<Node>();
        height = 1;
        do
        {
            _pos++;
            _contentEnd = _pos;
            items.Add(BlockNode(column, compact: true, listAtParent: false, depth + 1, out var below));
            height = Math.Max(height, below + 1);
        }
        while (HasSibling(column) && IsIndicator('-'));
        return new SequenceNode(_source, SourceSpan.FromBounds(start, Math.Max(start, _contentEnd)), items.ToImmutable()) { Tag = tag };
    }

    /// <summary>Goes on after a member or item: true when the next one stands at the same column.</summary>
    private bool HasSibling(int column)
    {
        SkipToContent();
        if (_pos == _text.Length || IsMarker("---") || IsMarker("..."))
        {
            return false;
        }

        if (!IsFirstOnLine())
        {
            throw Unexpected();
        }

        CheckIndentation();
        var here = Column(_pos);
        return here > column ? throw Unexpected() : here == column;
    }

    /// <summary>Whether a key with its colon stands here: on one line, with its anchor and tag.</summary>
    private bool IsKeyAhead()
    {
        var at = _pos;
        while (at < _text.Length && _text[at] is '&' or '!')
        {
            while (!IsBlankOrBreak(at))
            {
                at++;
            }

            while (at < _text.Length && _text[at] is ' ' or '\t')
            {
                at++;
            }
        }

        var end = Math.Min(LineEnd(at), at + LongestKey);
        if (at >= end)
        {
            return false;
        }

        switch (_text[at])
        {
            case '"' or '\'':
                at = QuotedEnd(at, end);
                break;
            case '[' or '{':
                at = BracketEnd(at, end);
                break;
            case '|' or '>' or '#':
                return false;
            case ':' when IsBlankOrBreak(at + 1):
                return true;
            default:
                for (at++; at < end; at++)
                {
                    if (_text[at] == ':' && IsBlankOrBreak(at + 1))
                    {
                        return true;
                    }

                    if (_text[at] == '#' && _text[at - 1] is ' ' or '\t')
                    {
                        return false;
                    }
                }

                return false;
        }

        while (at < end && _text[at] is ' ' or '\t')
        {
            at++;
        }

        return at < end && _text[at] == ':' && IsBlankOrBreak(at + 1);
    }

    private int QuotedEnd(int at, int end)
    {
        var quote = _text[at];
        for (at++; at < end; at++)
        {
            if (_text[at] == '\\' && quote == '"')
            {
                at++;
            }
            else if (_text[at] == quote)
            {
                if (quote == '\'' && at + 1 < end && _text[at + 1] == quote)
                {
                    at++;
                    continue;
                }

                return at + 1;
            }
        }

        return end;
    }

    private int BracketEnd(int at, int end)
    {
        var open = 0;
        while (at < end)
        {
            switch (_text[at])
            {
                case '[' or '{':
                    open++;
                    at++;
                    break;
                case ']' or '}':
                    at++;
                    if (--open == 0)
                    {
                        return at;
                    }

                    break;
                case '"' or '\'':
                    at = QuotedEnd(at, end);
                    break;
                default:
                    at++;
                    break;
            }
        }

        return end;
    }

    private ScalarNode ImplicitKey(int depth)
    {
        Enter(depth);
        var properties = ReadProperties();
        var height = 1;
        return Key(WithAnchor(properties, () => Here switch
        {
            '*' => Alias(depth, out _),
            '"' => Tagged(DoubleQuoted(), properties),
            '\'' => Tagged(SingleQuoted(), properties),
            '[' => FlowSequence(depth, properties, out _),
            '{' => FlowMapping(depth, properties, out _),
            ':' => Empty(_pos),
            _ => Tagged(PlainKey(), properties),
        }, ref height));
    }

    private ScalarNode PlainKey()
    {
        CheckPlainStart(inFlow: false);
        var start = _pos;
        while (!(Here == ':' && IsBlankOrBreak(_pos + 1)))
        {
            _pos++;
        }

        var text = _text.AsSpan(start.._pos).TrimEnd().ToString();
        _contentEnd = start + text.Length;
        return PlainNode(start, _contentEnd, text);
    }

    private bool IsIndicator(char indicator) => Here == indicator && IsBlankOrBreak(_pos + 1);

    private void CheckIndentation()
    {
        var start = LineStart(_pos);
        if (_text.AsSpan(start.._pos).IndexOf('\t') is >= 0 and var tab)
        {
            throw Stop("yaml-syntax", new SourceSpan(start + tab, 1), "a tab is used for indentation; YAML indents with blanks only", "replace each tab by two blanks");
        }
    }

    /// <summary>What stands here where nothing like it can stand; the usual causes have a sentence of their own.</summary>
    private StopException Unexpected()
    {
        var span = new SourceSpan(_pos, Math.Max(1, Math.Min(Excerpt.Longest, LineEnd(_pos) - _pos)));
        var line = _source.PositionOf(_pos).Line;
        if (Here == ':' && IsBlankOrBreak(_pos + 1))
        {
            return _source.PositionOf(_scalarStart).Line < line
                ? Stop("yaml-syntax", new SourceSpan(_pos, 1), $"this line continues the text that begins on line {_source.PositionOf(_scalarStart).Line}, so it cannot hold a key", "indent the key like the keys it belongs to")
                : Stop("yaml-syntax", new SourceSpan(_pos, 1), "a plain text cannot hold `: `, which separates a key from its value", "put the whole value in quotes");
        }

        if (IsFirstOnLine())
        {
            return IsKeyAhead() || IsIndicator('-')
                ? Stop("yaml-syntax", span, IsIndicator('-') ? "this list item stands where a key is expected, or is indented unlike its neighbours" : "this key is indented unlike its neighbours", "the keys of one mapping, and the `-` of one list, begin in the same column")
                : Stop("yaml-syntax", span, "this line is no `key: value`", "a key needs a colon and a blank after it; text of several lines needs `|` after its key");
        }

        return Here is ']' or '}'
            ? Stop("yaml-syntax", new SourceSpan(_pos, 1), $"this `{Here}` closes nothing")
            : Stop("yaml-syntax", span, "something follows a value that is complete", "put the whole value in quotes, or begin a new line");
    }
}
