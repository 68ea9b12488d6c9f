using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Tree;

/// <summary>Flow style: structure by brackets, as in JSON. YAML 1.2.2, chapter 7.</summary>
public sealed partial class YamlReader
{
    private Node FlowNode(int depth, out int height)
    {
        Enter(depth);
        var inner = 1;
        var properties = ReadProperties();
        SkipToContent();
        var node = WithAnchor(properties, () => FlowContent(properties, depth, out inner), ref inner);
        height = inner;
        return node;
    }

    private Node FlowContent(Properties properties, int depth, out int height)
    {
        height = 1;
        switch (Here)
        {
            case '*':
                return Alias(depth, out height);
            case '[':
                return FlowSequence(depth, properties, out height);
            case '{':
                return FlowMapping(depth, properties, out height);
            case '"':
                return Tagged(DoubleQuoted(), properties);
            case '\'':
                return Tagged(SingleQuoted(), properties);
            case ',' or ']' or '}':
                return properties.Tag is null ? Empty(_pos) : Tagged(Empty(properties.Start), properties);
            case ':' when IsFlowValue(adjacent: false):
                return Empty(_pos);
            default:
                return Tagged(Plain(parent: -1, inFlow: true), properties);
        }
    }

    private SequenceNode FlowSequence(int depth, Properties properties, out int height)
    {
        var open = _pos;
        var tag = CollectionTag(properties, "seq");
        var items = ImmutableArray.CreateBuilder<Node>();
        height = 1;
        _pos++;
        while (!IsFlowEnd(open, ']'))
        {
            var start = _pos;
            var explicitKey = IsIndicator('?');
            _pos += explicitKey ? 1 : 0;
            SkipToContent();
            var item = FlowNode(depth + 1, out var below);
            var adjacent = _pos > start && _text[_pos - 1] is '"' or '\'' or ']' or '}';
            SkipToContent();
            if (IsFlowValue(adjacent))
            {
                // One pair inside a list is a mapping without brackets.
                _pos++;
                var value = FlowMember(depth + 2, out var under);
                item = new MappingNode(_source, SourceSpan.FromBounds(start, Math.Max(start, _contentEnd)), [new Member(Key(item), value)]);
                below = under + 1;
            }

            items.Add(item);
            height = Math.Max(height, below + 1);
            Separator(open, ']');
        }

        return new SequenceNode(_source, SourceSpan.FromBounds(StartOf(properties, open), _pos), items.ToImmutable()) { Tag = tag };
    }

    private MappingNode FlowMapping(int depth, Properties properties, out int height)
    {
        var open = _pos;
        var tag = CollectionTag(properties, "map");
        var members = ImmutableArray.CreateBuilder<Member>();
        var seen = new Dictionary<string, ScalarNode>(_options.KeyComparer);
        height = 1;
        _pos++;
        while (!IsFlowEnd(open, '}'))
        {
            _pos += IsIndicator('?') ? 1 : 0;
            SkipToContent();
            var start = _pos;
            var key = Key(FlowNode(depth + 1, out _));
            var adjacent = _pos > start && _text[_pos - 1] is '"' or '\'';
            SkipToContent();
            Node value = Empty(_pos);
            if (IsFlowValue(adjacent))
            {
                _pos++;
                value = FlowMember(depth + 1, out var below);
                height = Math.Max(height, below + 1);
            }

            Add(members, seen, key, value);
            Separator(open, '}');
        }

        return new MappingNode(_source, SourceSpan.FromBounds(StartOf(properties, open), _pos), members.ToImmutable()) { Tag = tag };
    }

    private Node FlowMember(int depth, out int height)
    {
        SkipToContent();
        height = 1;
        return Here is ',' or ']' or '}' ? Empty(_pos) : FlowNode(depth, out height);
    }

    /// <summary>Whether a colon stands here that separates key and value; after a quoted key it may touch the value.</summary>
    private bool IsFlowValue(bool adjacent) => Here == ':' && (adjacent || IsBlankOrBreak(_pos + 1) || _text[_pos + 1] is ',' or '[' or ']' or '{' or '}');

    private bool IsFlowEnd(int open, char close)
    {
        SkipToContent();
        if (_pos == _text.Length || IsMarker("---") || IsMarker("..."))
        {
            throw Unclosed(open);
        }

        if (Here == ',')
        {
            throw Stop("yaml-syntax", new SourceSpan(_pos, 1), "there is nothing before this comma");
        }

        if (Here != close)
        {
            return Here is ']' or '}' ? throw Stop("yaml-syntax", new SourceSpan(_pos, 1), $"`{close}` is expected here, which closes the `{_text[open]}` of line {_source.PositionOf(open).Line}") : false;
        }

        _pos++;
        _contentEnd = _pos;
        return true;
    }

    private void Separator(int open, char close)
    {
        SkipToContent();
        if (Here == ',')
        {
            _pos++;
        }
        else if (_pos == _text.Length)
        {
            throw Unclosed(open);
        }
        else if (Here != close)
        {
            throw Here == '{' && _text[_pos - 1] is '$' or '{'
                ? Stop("yaml-syntax", new SourceSpan(_pos, 1), "`${{ }}` inside `[ ]` or `{ }` needs quotes: its brackets are read as YAML", "put the whole value in quotes")
                : IsFlowValue(adjacent: true) || IsFirstOnLine()
                ? Stop("yaml-syntax", new SourceSpan(open, 1), $"this `{_text[open]}` is not closed before line {_source.PositionOf(_pos).Line}", $"close it with `{close}`, or quote a text that begins with a bracket")
                : Stop("yaml-syntax", new SourceSpan(_pos, 1), $"`,` or `{close}` is expected here");
        }
    }

    private StopException Unclosed(int open) =>
        Stop("yaml-syntax", new SourceSpan(open, 1), $"this `{_text[open]}` is never closed", $"close it with `{(_text[open] == '[' ? ']' : '}')}`, or quote a text that begins with a bracket");

    private static int StartOf(Properties properties, int open) => properties is { Anchor: null, Tag: null } ? open : properties.Start;
}
