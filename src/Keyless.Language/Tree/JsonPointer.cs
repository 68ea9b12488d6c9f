using System.Globalization;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Tree;

/// <summary>
/// Names a place in a document by the way to it: <c>/Statement/0/Condition/StringEquals</c>. RFC 6901. A place found in one copy of a
/// document, say the one that IAM stores, is found again in another, say the template it came from.
/// </summary>
public static class JsonPointer
{
    /// <summary>The pointer to the smallest node that spans an offset; the empty pointer is the whole document.</summary>
    public static string At(Node root, int offset)
    {
        var pointer = "";
        for (var node = root; Child(node, offset) is var (name, child);)
        {
            pointer += "/" + name.Replace("~", "~0").Replace("/", "~1");
            node = child;
        }

        return pointer;
    }

    /// <summary>
    /// The node a pointer names, or the nearest above it that exists. Where policies take one value for a list of one, so does this.
    /// </summary>
    public static Node Find(Node root, string pointer)
    {
        var node = root;
        foreach (var token in pointer.Split('/').Skip(1))
        {
            var name = token.Replace("~1", "/").Replace("~0", "~");
            var next = (node, int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) switch
            {
                (SequenceNode list, true) => index < list.Items.Length ? list.Items[index] : null,
                (SequenceNode { Items: [var only] }, false) => (only as MappingNode)?[name],
                (MappingNode mapping, _) when mapping[name] is { } member => member,
                (_, true) when index == 0 => node,
                _ => null,
            };
            if (next is null)
            {
                return node;
            }

            node = next;
        }

        return node;
    }

    private static (string Name, Node Child)? Child(Node node, int offset)
    {
        switch (node)
        {
            case MappingNode mapping:
                foreach (var member in mapping.Members)
                {
                    if (Spans(SourceSpan.FromBounds(member.Key.Span.Start, member.Value.Span.End), offset))
                    {
                        return (member.Name, member.Value);
                    }
                }

                return null;
            case SequenceNode sequence:
                for (var i = 0; i < sequence.Items.Length; i++)
                {
                    if (Spans(sequence.Items[i].Span, offset))
                    {
                        return (i.ToString(CultureInfo.InvariantCulture), sequence.Items[i]);
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static bool Spans(SourceSpan span, int offset) => span.Start <= offset && offset < span.End;
}
