using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Tree;

/// <summary>
/// A value of a JSON or YAML document that knows where it stands. Both readers produce it, so that a policy has
/// exact positions whether it is a file of its own or sits inside a CloudFormation template.
/// </summary>
public abstract record Node(SourceText Source, SourceSpan Span)
{
    /// <summary>The YAML tag as written, <c>!Sub</c> for example; null in JSON and where none is written.</summary>
    public string? Tag { get; init; }
}

/// <summary>An object. Members keep their order, and a name that occurs twice stays in twice: the caller judges it.</summary>
public sealed record MappingNode(SourceText Source, SourceSpan Span, ImmutableArray<Member> Members) : Node(Source, Span)
{
    /// <summary>The first member of that name, compared exactly; null when there is none.</summary>
    public Node? this[string name]
    {
        get
        {
            foreach (var member in Members)
            {
                if (member.Name == name)
                {
                    return member.Value;
                }
            }

            return null;
        }
    }
}

/// <summary>A name and its value in a <see cref="MappingNode"/>.</summary>
/// <param name="Key">The name as a node, for its position.</param>
public sealed record Member(ScalarNode Key, Node Value)
{
    public string Name => Key.Text;
}

public sealed record SequenceNode(SourceText Source, SourceSpan Span, ImmutableArray<Node> Items) : Node(Source, Span);

/// <summary>A string, number, boolean or null.</summary>
/// <param name="Text">The value after escapes and folding; for numbers, booleans and null the text as written.</param>
public sealed record ScalarNode(SourceText Source, SourceSpan Span, string Text, ScalarKind Kind, ScalarStyle Style) : Node(Source, Span);

public enum ScalarKind
{
    String,
    Number,
    Boolean,
    Null,
}

/// <summary>How a scalar is written. JSON strings are <see cref="DoubleQuoted"/>, its other scalars <see cref="Plain"/>.</summary>
public enum ScalarStyle
{
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// <summary>What a reader found: a tree unless nothing could be read, and every problem.</summary>
public sealed record ReadResult(Node? Root, ImmutableArray<Diagnostic> Diagnostics);
