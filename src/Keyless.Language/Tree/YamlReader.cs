using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using ParserEvent = YamlDotNet.Core.Events.ParsingEvent;
using YamlStyle = YamlDotNet.Core.ScalarStyle;

namespace Keyless.Language.Tree;

/// <summary>
/// Reads one YAML 1.2 document into a tree with exact spans. Built on the event stream, not on a document model, because
/// events allow a depth limit: a text of a hundred thousand brackets must not cost the process its stack.
/// </summary>
public sealed class YamlReader
{
    private const string CorePrefix = "tag:yaml.org,2002:";

    private readonly SourceText _source;
    private readonly YamlOptions _options;
    private readonly IParser _events;
    private readonly int _shift;
    private readonly BlankLines? _shortened;
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
    private readonly Dictionary<string, Anchored> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    /// <summary>Where the last scalar, alias or closing bracket ended: a block collection ends with its last part, not where the next key begins.</summary>
    private int _contentEnd;

    private YamlReader(SourceText source, YamlOptions options, BlankLines? shortened = null)
    {
        _source = source;
        _options = options;
        _shortened = shortened;
        // A byte order mark is no content; offsets still count it.
        _shift = options.StripByteOrderMark && source.Text.StartsWith('\uFEFF') ? 1 : 0;
        var text = shortened?.Text ?? source.Text;
        _events = new Parser(new Scanner(new StringReader(_shift == 0 ? text : text[1..]), skipComments: true));
    }

    /// <summary>A node that has an anchor; <c>Node</c> is null while the node is still open, so that it cannot contain itself.</summary>
    private sealed record Anchored(Node? Node, int Count, int Depth)
    {
        public NodeEvent? Start { get; init; }
    }

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
            return Failed(Diagnostic.Error("limit-size", source, default,
                $"the file has {source.Text.Length} characters; at most {options.MaxLength} are read"));
        }

        return Read(source, options, shortened: null);
    }

    private static ReadResult Read(SourceText source, YamlOptions options, BlankLines? shortened)
    {
        var reader = new YamlReader(source, options, shortened);
        try
        {
            var root = reader.Document();
            return new ReadResult(root, reader._diagnostics.ToImmutable());
        }
        catch (StopException stop)
        {
            return Failed([.. reader._diagnostics, stop.Diagnostic]);
        }
        catch (YamlException e)
        {
            if (shortened is null && e.Message.Contains("extra spaces in first line", StringComparison.Ordinal) && BlankLines.Remove(source.Text) is { } without)
            {
                return Read(source, options, without);
            }

            return Failed([.. reader._diagnostics, YamlSyntax.Explain(source, reader.Span(e.Start, e.End), e)]);
        }
        catch (InvalidOperationException)
        {
            // The library's scanner answers an unclosed flow collection with this exception, without a place.
            return Failed([.. reader._diagnostics, YamlSyntax.Unclosed(source, reader.Span(reader._events.Current?.End ?? Mark.Empty))]);
        }
        catch (ArgumentException)
        {
            // The library makes its tag names without a place and without catching what they throw.
            var at = reader.Span(reader._events.Current?.End ?? Mark.Empty);
            return Failed([.. reader._diagnostics, Diagnostic.Error("yaml-syntax", source, at, "a tag behind here is no valid tag", "a tag is `!Name` or `!<tag:domain,date:name>`")]);
        }
    }

    private static ReadResult Failed(params ImmutableArray<Diagnostic> diagnostics) => new(null, diagnostics);

    private Node Document()
    {
        Next<StreamStart>();
        if (Next() is not DocumentStart)
        {
            throw Stop("yaml-empty", default, "the file is empty: it holds no YAML document");
        }

        var root = Node(Next(), 1, out _);
        Next<DocumentEnd>();
        if (Next() is DocumentStart second)
        {
            throw Stop("yaml-multiple-documents", Span(second.Start, second.End), "a second document begins here; only one is allowed",
                "remove the `---` line, or put what follows it in a file of its own");
        }

        if (root is ScalarNode { Kind: ScalarKind.Null, Text: "" } empty)
        {
            throw Stop("yaml-empty", empty.Span, "the file is empty: it holds no YAML document");
        }

        return root;
    }

    /// <summary>One node from its first event to its last. <paramref name="depth"/> of the tree below counts for aliases.</summary>
    private Node Node(ParserEvent first, int depth, out int height)
    {
        height = 1;
        CheckBounds(first, depth, 1);
        if (first is AnchorAlias alias)
        {
            return Replay(alias, depth, out height);
        }

        if (first is not NodeEvent start)
        {
            throw Stop("yaml-syntax", Span(first.Start, first.End), "a value is expected here");
        }

        var anchor = start.Anchor.IsEmpty ? null : start.Anchor.Value;
        if (anchor is not null)
        {
            if (!_options.Anchors)
            {
                throw Stop("yaml-anchor", Span(start.Start, start.End), $"the anchor `&{anchor}` is not allowed here: this kind of file has no anchors and aliases");
            }

            _anchors[anchor] = new Anchored(null, 0, 0) { Start = start };
        }

        var before = _nodes;
        Node node = start switch
        {
            MappingStart mapping => Mapping(mapping, depth, out height),
            SequenceStart sequence => Sequence(sequence, depth, out height),
            Scalar scalar => Scalar(scalar),
            _ => throw Stop("yaml-syntax", Span(first.Start, first.End), "a value is expected here"),
        };
        if (anchor is not null)
        {
            _anchors[anchor] = new Anchored(node, _nodes - before + 1, height);
        }

        return node;
    }

    private Node Replay(AnchorAlias alias, int depth, out int height)
    {
        var name = alias.Value.Value;
        var span = Span(alias.Start, alias.End);
        _contentEnd = span.End;
        height = 1;
        if (!_anchors.TryGetValue(name, out var anchored))
        {
            var near = Suggest.Nearest(name, _anchors.Keys);
            return Dangling(span, null, $"the alias `*{name}` names no anchor", near is null
                ? $"write `&{name}` before the value that it should repeat; a text that begins with `*` needs quotes"
                : $"did you mean `*{near}`?");
        }

        if (anchored.Node is null)
        {
            return Dangling(span, anchored.Start, $"the alias `*{name}` stands inside the value that it names, so it has no end", null);
        }

        height = anchored.Depth;
        CheckBounds(alias, depth + height - 1, anchored.Count - 1);
        return anchored.Node;
    }

    /// <summary>Something empty in place of an alias that cannot be replayed, of the kind it would have, so that the rest is still read.</summary>
    private Node Dangling(SourceSpan span, NodeEvent? within, string message, string? help)
    {
        _diagnostics.Add(Diagnostic.Error("yaml-alias", _source, span, message, help));
        return within switch
        {
            MappingStart => new MappingNode(_source, Span(within.Start), []),
            SequenceStart => new SequenceNode(_source, Span(within.Start), []),
            _ => new ScalarNode(_source, span, "", ScalarKind.String, ScalarStyle.Plain),
        };
    }

    private MappingNode Mapping(MappingStart start, int depth, out int height)
    {
        var tag = CollectionTag(start, start.Tag, "map");
        var members = ImmutableArray.CreateBuilder<Member>();
        var seen = new Dictionary<string, ScalarNode>(_options.KeyComparer);
        height = 1;
        ParserEvent next;
        while ((next = Next()) is not MappingEnd)
        {
            var key = Key(next, depth + 1);
            var value = Node(Next(), depth + 1, out var below);
            height = Math.Max(height, below + 1);
            if (!seen.TryAdd(key.Text, key))
            {
                ReportDuplicate(key, seen[key.Text]);
            }

            members.Add(new Member(key, value));
        }

        return new MappingNode(_source, CollectionSpan(start.Start, next, start.Style == MappingStyle.Flow), members.ToImmutable()) { Tag = tag };
    }

    private ScalarNode Key(ParserEvent next, int depth)
    {
        var key = Node(next, depth, out _);
        return key as ScalarNode ?? throw Stop("yaml-key", key.Span, "a key must be a single word or text, not a list or a mapping",
            "quote a key that begins with `[` or `{`");
    }

    private SequenceNode Sequence(SequenceStart start, int depth, out int height)
    {
        var tag = CollectionTag(start, start.Tag, "seq");
        var items = ImmutableArray.CreateBuilder<Node>();
        height = 1;
        ParserEvent next;
        while ((next = Next()) is not SequenceEnd)
        {
            items.Add(Node(next, depth + 1, out var below));
            height = Math.Max(height, below + 1);
        }

        return new SequenceNode(_source, CollectionSpan(start.Start, next, start.Style == SequenceStyle.Flow), items.ToImmutable()) { Tag = tag };
    }

    private ScalarNode Scalar(Scalar scalar)
    {
        var span = Span(scalar.Start, scalar.End);
        _contentEnd = span.End;
        var style = scalar.Style switch
        {
            YamlStyle.SingleQuoted => ScalarStyle.SingleQuoted,
            YamlStyle.DoubleQuoted => ScalarStyle.DoubleQuoted,
            YamlStyle.Literal => ScalarStyle.Literal,
            YamlStyle.Folded => ScalarStyle.Folded,
            _ => ScalarStyle.Plain,
        };
        var tag = TagText(scalar.Tag);
        var kind = tag is null && style == ScalarStyle.Plain ? YamlScalar.KindOf(scalar.Value) : ScalarKind.String;
        if (tag is not null)
        {
            kind = TaggedKind(scalar, span, tag, style);
        }

        return new ScalarNode(_source, span, scalar.Value, kind, style) { Tag = tag };
    }

    private ScalarKind TaggedKind(Scalar scalar, SourceSpan span, string tag, ScalarStyle style)
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
                throw UnknownTag(scalar, span, tag);
            case null or ScalarKind.String:
                return ScalarKind.String;
            case { } kind when style != ScalarStyle.Plain || YamlScalar.KindOf(scalar.Value) != kind || (tag == "!!int" && !IsWhole(scalar.Value)):
                throw Stop("yaml-tag", span, $"the value `{Excerpt.Of(scalar.Value)}` is not what its tag `{tag}` says", style == ScalarStyle.Plain ? null : "a quoted value is a text: remove the quotes or the tag");
            case { } kind:
                return kind;
        }
    }

    private static bool IsWhole(string text) => YamlScalar.TryNumber(text, out var value) && Math.Floor(value) == value && !text.AsSpan().ContainsAny('.', 'e', 'E');

    private string? CollectionTag(ParserEvent start, TagName name, string implied)
    {
        var tag = TagText(name);
        if (tag is null || tag == "!!" + implied)
        {
            return null;
        }

        return _options.LocalTags ? tag : throw UnknownTag(start, Span(start.Start, start.End), tag);
    }

    /// <summary>The tag as written, <c>!!str</c> for the core schema's; null where none is written.</summary>
    private static string? TagText(TagName tag) => tag.IsEmpty ? null
        : tag.IsNonSpecific ? "!"
        : tag.Value.StartsWith(CorePrefix, StringComparison.Ordinal) ? "!!" + tag.Value[CorePrefix.Length..]
        : tag.Value;

    private StopException UnknownTag(ParserEvent node, SourceSpan span, string tag)
    {
        // The event of a tagged node begins at the tag, so the text there is the tag as the user sees it.
        var length = Math.Min(Math.Max(_source.Text.AsSpan(span.Start).IndexOfAny(" \r\n"), 1), Math.Max(span.Length, 1));
        return Stop("yaml-tag", node is Scalar ? span : new SourceSpan(span.Start, length), $"`{tag}` is read as a YAML tag, which this file cannot have",
            $"quote a value that begins with `!`, or write it as `${{{{ {tag} }}}}` if it is an expression");
    }

    private void ReportDuplicate(ScalarNode key, ScalarNode first)
    {
        var line = _source.PositionOf(first.Span.Start).Line;
        var spelling = key.Text == first.Text ? "" : $" as `{Excerpt.Of(first.Text)}`; keys compare without regard to case";
        _diagnostics.Add(Diagnostic.Error("duplicate-key", _source, key.Span, $"the key `{Excerpt.Of(key.Text)}` is already defined on line {line}{spelling}",
            "keep one of the two"));
    }

    private void CheckBounds(ParserEvent at, int depth, int added)
    {
        _nodes += added;
        if (depth > _options.MaxDepth)
        {
            throw Stop("limit-depth", Span(at.Start), $"the nesting is deeper than {_options.MaxDepth} levels");
        }

        if (_nodes > _options.MaxNodes)
        {
            throw Stop("limit-size", Span(at.Start), $"the file has more than {_options.MaxNodes} values once its aliases are replayed");
        }
    }

    private ParserEvent Next() => _events.MoveNext() && _events.Current is { } current
        ? current
        : throw Stop("yaml-syntax", new SourceSpan(_source.Text.Length, 0), "the file ends too early");

    private void Next<T>()
        where T : ParserEvent
    {
        if (Next() is not T)
        {
            throw Stop("yaml-syntax", Span(_events.Current!.Start), "the document does not end where it should");
        }
    }

    private StopException Stop(string id, SourceSpan span, string message, string? help = null) =>
        new(Diagnostic.Error(id, _source, span, message, help));

    private int Offset(Mark mark)
    {
        var offset = (int)mark.Index + _shift;
        return Math.Min(_shortened?.Original(offset) ?? offset, _source.Text.Length);
    }

    private SourceSpan CollectionSpan(Mark start, ParserEvent end, bool flow)
    {
        if (flow)
        {
            // The library gives the closing bracket no width.
            var close = Offset(end.Start);
            _contentEnd = close < _source.Text.Length && _source.Text[close] is ']' or '}' ? close + 1 : Offset(end.End);
        }

        return SourceSpan.FromBounds(Offset(start), Math.Max(_contentEnd, Offset(start)));
    }

    private SourceSpan Span(Mark start) => new(Offset(start), 0);

    /// <summary>From mark to mark without the line ends and blanks that the scanner takes with a scalar.</summary>
    private SourceSpan Span(Mark start, Mark end)
    {
        var (from, to) = (Offset(start), Offset(end));
        while (to > from && _source.Text[to - 1] is '\n' or '\r' or ' ')
        {
            to--;
        }

        return SourceSpan.FromBounds(from, Math.Max(from, to));
    }
}
