using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Tree;

/// <summary>
/// Reads one YAML 1.2 document into a tree with exact spans; yaml.org, "YAML Ain't Markup Language, version 1.2.2". Nesting is bounded, so that a
/// text of a hundred thousand brackets does not cost the process its stack. Where the specification and the parsers of GitHub differ, GitHub's
/// leniency wins: flow collections and quoted texts may go on at any indentation, and a comment may touch the bracket before it.
/// </summary>
public sealed partial class YamlReader
{
    private readonly SourceText _source;
    private readonly string _text;
    private readonly YamlOptions _options;
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
    private readonly Dictionary<string, Anchored> _anchors = new(StringComparer.Ordinal);
    private int _pos;
    private int _nodes;

    /// <summary>Where the last scalar, alias or closing bracket ended: a block collection ends with its last part.</summary>
    private int _contentEnd;

    private YamlReader(SourceText source, YamlOptions options)
    {
        _source = source;
        _text = source.Text;
        _options = options;
        // A byte order mark is no content; offsets still count it.
        _pos = options.StripByteOrderMark && _text.StartsWith('\uFEFF') ? 1 : 0;
    }

    /// <summary>A node that has an anchor; <c>Node</c> is null while the node is still open, so that it cannot contain itself.</summary>
    private sealed record Anchored(Node? Node, int Count, int Height, int Start);

    /// <summary>What may stand before a node: <c>&amp;anchor</c> and <c>!tag</c>.</summary>
    private readonly record struct Properties(string? Anchor, string? Tag, int Start);

    /// <summary>Ends the reading: what comes after has no meaning. Never leaves this class.</summary>
    private sealed class StopException(Diagnostic diagnostic) : Exception
    {
        public Diagnostic Diagnostic { get; } = diagnostic;
    }

    /// <summary>The tree of a document, or null when it cannot be read at all, with every problem found.</summary>
    public static ReadResult Read(SourceText source, YamlOptions? options = null)
    {
        options ??= YamlOptions.Default;
        if (source.Text.Length > options.MaxLength)
        {
            return new ReadResult(null, [Diagnostic.Error("limit-size", source, default, $"the file has {source.Text.Length} characters; at most {options.MaxLength} are read")]);
        }

        var reader = new YamlReader(source, options);
        try
        {
            var root = reader.Document();
            return new ReadResult(root, reader._diagnostics.ToImmutable());
        }
        catch (StopException stop)
        {
            return new ReadResult(null, [.. reader._diagnostics, stop.Diagnostic]);
        }
    }

    private Node Document()
    {
        // 1. Directives, and the marker that ends them.
        SkipToContent();
        var directives = false;
        while (Here == '%' && Column(_pos) == 0)
        {
            directives = true;
            _pos = LineEnd(_pos);
            SkipToContent();
        }

        var marked = IsMarker("---");
        if (directives && !marked)
        {
            throw Stop("yaml-syntax", new SourceSpan(_pos, 0), "`---` must follow a `%` directive");
        }

        _pos += marked ? 3 : 0;

        // 2. The root.
        SkipToContent();
        if (_pos == _text.Length || IsMarker("---") || IsMarker("..."))
        {
            throw Stop("yaml-empty", new SourceSpan(_pos, 0), "the file is empty: it holds no YAML document");
        }

        var root = BlockNode(parent: -1, compact: true, listAtParent: false, depth: 1, out _);

        // 3. Nothing after it.
        SkipToContent();
        if (IsMarker("..."))
        {
            _pos += 3;
            SkipToContent();
        }

        if (_pos < _text.Length)
        {
            throw IsMarker("---") || IsMarker("...")
                ? Stop("yaml-multiple-documents", new SourceSpan(_pos, 3), "a second document begins here; only one is allowed", "remove the `---` line, or put what follows it in a file of its own")
                : Unexpected();
        }

        return root;
    }

    /// <summary>Counts a node against the bounds.</summary>
    private void Enter(int depth, int nodes = 1)
    {
        _nodes += nodes;
        if (depth > _options.MaxDepth)
        {
            throw Stop("limit-depth", new SourceSpan(Math.Min(_pos, _text.Length), 0), $"the nesting is deeper than {_options.MaxDepth} levels");
        }

        if (_nodes > _options.MaxNodes)
        {
            throw Stop("limit-size", new SourceSpan(Math.Min(_pos, _text.Length), 0), $"the file has more than {_options.MaxNodes} values once its aliases are replayed");
        }
    }

    private Properties ReadProperties()
    {
        string? anchor = null, tag = null;
        var start = _pos;
        while (_pos < _text.Length && ((Here == '&' && anchor is null) || (Here == '!' && tag is null)))
        {
            var from = _pos;
            _pos++;
            if (_text[from] == '&')
            {
                anchor = Name();
                if (anchor.Length == 0)
                {
                    throw Stop("yaml-syntax", new SourceSpan(from, 1), "`&` begins an anchor, which needs a name", "put a text that begins with `&` in quotes");
                }

                if (!_options.Anchors)
                {
                    throw Stop("yaml-anchor", SourceSpan.FromBounds(from, _pos), $"the anchor `&{anchor}` is not allowed here: this kind of file has no anchors and aliases");
                }
            }
            else
            {
                if (Here == '<')
                {
                    var close = _text.IndexOf('>', _pos);
                    _pos = close < 0 ? LineEnd(_pos) : close + 1;
                }
                else
                {
                    while (_pos < _text.Length && !IsBlankOrBreak(_pos) && !(Here is ',' or '[' or ']' or '{' or '}'))
                    {
                        _pos++;
                    }
                }

                tag = TagText(_text[from.._pos]);
            }

            _contentEnd = _pos;
            if (_pos < _text.Length && !IsBlankOrBreak(_pos) && Here is not (',' or ']' or '}'))
            {
                throw Unexpected();
            }

            SkipBlanks();
        }

        return new Properties(anchor, tag, start);
    }

    /// <summary>The tag as people write it: the core schema's long form becomes <c>!!str</c>.</summary>
    private static string TagText(string written)
    {
        const string Core = "!<tag:yaml.org,2002:";
        return written.StartsWith(Core, StringComparison.Ordinal) ? "!!" + written[Core.Length..].TrimEnd('>') : written;
    }

    /// <summary>The name of an anchor or alias.</summary>
    private string Name()
    {
        var start = _pos;
        while (_pos < _text.Length && !IsBlankOrBreak(_pos) && Here is not (',' or '[' or ']' or '{' or '}') && !(Here == ':' && IsBlankOrBreak(_pos + 1)))
        {
            _pos++;
        }

        return _text[start.._pos];
    }

    /// <summary>Reads a node that has an anchor, and keeps it for its aliases.</summary>
    private Node WithAnchor(Properties properties, Func<Node> read, ref int height)
    {
        if (properties.Anchor is not { } anchor)
        {
            return read();
        }

        _anchors[anchor] = new Anchored(null, 0, 0, properties.Start);
        var before = _nodes;
        var node = read();
        _anchors[anchor] = new Anchored(node, _nodes - before + 1, height, properties.Start);
        return node;
    }

    private Node Alias(int depth, out int height)
    {
        var start = _pos;
        _pos++;
        var name = Name();
        _contentEnd = _pos;
        var span = SourceSpan.FromBounds(start, _pos);
        height = 1;
        if (name.Length == 0)
        {
            throw Stop("yaml-syntax", new SourceSpan(start, 1), "`*` begins an alias, which needs a name", "put a text that begins with `*` in quotes");
        }

        if (!_anchors.TryGetValue(name, out var anchored))
        {
            var near = Suggest.Nearest(name, _anchors.Keys);
            return Dangling(span, null, $"the alias `*{name}` names no anchor", near is null
                ? $"write `&{name}` before the value that it should repeat; a text that begins with `*` needs quotes"
                : $"did you mean `*{near}`?");
        }

        if (anchored.Node is null)
        {
            return Dangling(span, anchored, $"the alias `*{name}` stands inside the value that it names, so it has no end", null);
        }

        height = anchored.Height;
        Enter(depth + height - 1, anchored.Count - 1);
        return anchored.Node;
    }

    /// <summary>Something empty in place of an alias that cannot be replayed, so that the rest is still read.</summary>
    private Node Dangling(SourceSpan span, Anchored? within, string message, string? help)
    {
        _diagnostics.Add(Diagnostic.Error("yaml-alias", _source, span, message, help));
        return within is null
            ? new ScalarNode(_source, span, "", ScalarKind.String, ScalarStyle.Plain)
            : new MappingNode(_source, new SourceSpan(within.Start, 0), []);
    }

    private ScalarNode Key(Node key) =>
        key as ScalarNode ?? throw Stop("yaml-key", key.Span, "a key must be a single word or text, not a list or a mapping", "quote a key that begins with `[` or `{`");

    /// <summary>Collects the members of a mapping and reports keys that are there twice; the caller judges them.</summary>
    private void Add(ImmutableArray<Member>.Builder members, Dictionary<string, ScalarNode> seen, ScalarNode key, Node value)
    {
        if (!seen.TryAdd(key.Text, key))
        {
            var first = seen[key.Text];
            var spelling = key.Text == first.Text ? "" : $" as `{Excerpt.Of(first.Text)}`; keys compare without regard to case";
            _diagnostics.Add(Diagnostic.Error("duplicate-key", _source, key.Span, $"the key `{Excerpt.Of(key.Text)}` is already defined on line {_source.PositionOf(first.Span.Start).Line}{spelling}", "keep one of the two"));
        }

        members.Add(new Member(key, value));
    }

    private ScalarNode Empty(int at) => new(_source, new SourceSpan(at, 0), "", ScalarKind.Null, ScalarStyle.Plain);

    private StopException Stop(string id, SourceSpan span, string message, string? help = null) =>
        new(Diagnostic.Error(id, _source, span, message, help));

    // Characters and lines.

    private char Here => _pos < _text.Length ? _text[_pos] : '\0';

    private bool IsBreak(int at) => at < _text.Length && _text[at] is '\n' or '\r';

    /// <summary>A blank, a line end or the end of the text.</summary>
    private bool IsBlankOrBreak(int at) => at >= _text.Length || _text[at] is ' ' or '\t' or '\n' or '\r';

    private int LineStart(int at)
    {
        var before = at == 0 ? -1 : _text.LastIndexOf('\n', at - 1);
        return before < 0 ? (_options.StripByteOrderMark && _text.StartsWith('\uFEFF') ? 1 : 0) : before + 1;
    }

    private int LineEnd(int at)
    {
        var end = _text.AsSpan(Math.Min(at, _text.Length)).IndexOfAny('\r', '\n');
        return end < 0 ? _text.Length : at + end;
    }

    private int Column(int at) => at - LineStart(at);

    /// <summary>Whether nothing but blanks stands before this place on its line.</summary>
    private bool IsFirstOnLine() => _text.AsSpan(LineStart(_pos).._pos).IndexOfAnyExcept(' ', '\t') < 0;

    private bool IsMarker(string marker) =>
        string.CompareOrdinal(_text, _pos, marker, 0, 3) == 0 && IsBlankOrBreak(_pos + 3) && Column(_pos) == 0;

    private void SkipBlanks()
    {
        while (Here is ' ' or '\t')
        {
            _pos++;
        }
    }

    /// <summary>Goes on to the next thing that is no blank, comment or line end.</summary>
    private void SkipToContent()
    {
        while (_pos < _text.Length)
        {
            switch (_text[_pos])
            {
                case ' ' or '\t' or '\n' or '\r':
                    _pos++;
                    break;
                case '#':
                    _pos = LineEnd(_pos);
                    break;
                default:
                    return;
            }
        }
    }
}
