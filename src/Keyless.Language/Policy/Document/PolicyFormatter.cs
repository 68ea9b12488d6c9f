using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Document;

/// <summary>
/// The canonical form of a policy's text: elements in the order of IAM's grammar, two spaces, statements as an array, an array of one
/// string as that string, arrays on one line where they fit. Formatting twice changes nothing, and never what the policy means.
/// </summary>
public static class PolicyFormatter
{
    private const int WidestLine = 120;

    private static readonly string[] Order =
    [
        "Version", "Id", "Statement",
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ];

    /// <summary>The text, ending in a line end.</summary>
    public static string Format(Node policy)
    {
        var text = new StringBuilder();
        Write(policy, depth: 0, column: 0, element: null, text);
        return text.Append('\n').ToString();
    }

    /// <param name="element">The policy element whose value this is; null inside principals and conditions.</param>
    private static void Write(Node node, int depth, int column, string? element, StringBuilder text)
    {
        switch (node)
        {
            case MappingNode map when element == "Statement":
                WriteItems([map], depth, element, text);
                break;
            case MappingNode { Members.IsEmpty: true }:
                text.Append("{}");
                break;
            case MappingNode map:
                WriteMembers(map, depth, IsDocumentOrStatement(element, depth), text);
                break;
            case SequenceNode { Items: [ScalarNode { Kind: ScalarKind.String } one] } when element != "Statement":
                text.Append(Quoted(one));
                break;
            case SequenceNode { Items.IsEmpty: true }:
                text.Append("[]");
                break;
            case SequenceNode list when OnOneLine(list) is { } line && column + line.Length <= WidestLine:
                text.Append(line);
                break;
            case SequenceNode list:
                WriteItems(list.Items, depth, element == "Statement" ? element : null, text);
                break;
            case ScalarNode scalar:
                text.Append(Quoted(scalar));
                break;
        }
    }

    private static bool IsDocumentOrStatement(string? element, int depth) => depth == 0 || element == "Statement item";

    private static void WriteMembers(MappingNode map, int depth, bool ordered, StringBuilder text)
    {
        text.Append("{\n");
        var members = ordered ? map.Members.OrderBy(m => Rank(m.Name)) : map.Members.AsEnumerable();
        var first = true;
        foreach (var member in members)
        {
            text.Append(first ? "" : ",\n").Append(' ', (depth + 1) * 2);
            first = false;
            var name = Encoded(member.Name) + ": ";
            text.Append(name);
            Write(member.Value, depth + 1, ((depth + 1) * 2) + name.Length, ordered ? member.Name : null, text);
        }

        text.Append('\n').Append(' ', depth * 2).Append('}');
    }

    private static void WriteItems(IEnumerable<Node> items, int depth, string? element, StringBuilder text)
    {
        text.Append("[\n");
        var first = true;
        foreach (var item in items)
        {
            text.Append(first ? "" : ",\n").Append(' ', (depth + 1) * 2);
            first = false;
            Write(item, depth + 1, (depth + 1) * 2, element == "Statement" ? "Statement item" : null, text);
        }

        text.Append('\n').Append(' ', depth * 2).Append(']');
    }

    private static string? OnOneLine(SequenceNode list) =>
        list.Items.All(i => i is ScalarNode) ? $"[{string.Join(", ", list.Items.Select(i => Quoted((ScalarNode)i)))}]" : null;

    private static string Quoted(ScalarNode scalar) => scalar.Kind == ScalarKind.String ? Encoded(scalar.Text) : scalar.Text;

    private static string Encoded(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static int Rank(string name) => Array.IndexOf(Order, name) is var at and >= 0 ? at : Order.Length;
}
