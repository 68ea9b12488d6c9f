using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint;

/// <summary>The way from a document's root to a place in it, as JSONPath (RFC 9535) writes it.</summary>
internal static class TreePath
{
    public static string Of(Node root, SourceSpan span)
    {
        var path = new StringBuilder("$");
        for (Node? node = root; node is not null;)
        {
            node = Step(node, span, path);
        }

        return path.ToString();
    }

    /// <summary>The part of a node that holds the place; null when it is the node itself, or a member's name.</summary>
    private static Node? Step(Node node, SourceSpan span, StringBuilder path)
    {
        switch (node)
        {
            case MappingNode map:
                foreach (var member in map.Members)
                {
                    var whole = SourceSpan.FromBounds(member.Key.Span.Start, Math.Max(member.Key.Span.End, member.Value.Span.End));
                    if (Holds(whole, span))
                    {
                        Append(path, member.Name);
                        return Holds(member.Value.Span, span) ? member.Value : null;
                    }
                }

                return null;
            case SequenceNode list:
                for (var i = 0; i < list.Items.Length; i++)
                {
                    if (Holds(list.Items[i].Span, span))
                    {
                        path.Append('[').Append(i).Append(']');
                        return list.Items[i];
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static bool Holds(SourceSpan outer, SourceSpan inner) => outer.Start <= inner.Start && inner.End <= outer.End;

    private static void Append(StringBuilder path, string name)
    {
        if (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            path.Append('.').Append(name);
        }
        else
        {
            path.Append("['").Append(name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)).Append("']");
        }
    }
}
