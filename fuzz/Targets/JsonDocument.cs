using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Fuzz.Targets;

/// <summary><see cref="JsonReader"/>: every span lies inside the text, and what is read without a problem is JSON to others too.</summary>
internal sealed class JsonDocument : Target
{
    public override IEnumerable<string> Seeds =>
    [
        """{"a": [1, -2.5e3, "x\n\u00e9", true, false, null], "b": {"c": {}}}""",
        "[[[[[[]]]]]]",
        "\"text\"",
        "{ // note\n 'a': 1, }",
    ];

    public override IEnumerable<string> Words => ["true", "false", "null", "\\u0041", "\\ud83d\\ude00", "1e9", "//", "/*", "*/"];

    public override void Run(string input)
    {
        var read = JsonReader.Read(new SourceText("fuzz", input));
        foreach (var problem in read.Diagnostics)
        {
            Promise(problem.Span.Start >= 0 && problem.Span.End <= input.Length && problem.Span.Length >= 0, "a problem lies inside the text");
            _ = TextRenderer.Render([problem]);
        }

        if (read.Root is { } root)
        {
            CheckSpans(root, input.Length);
        }

        if (read.Diagnostics.IsEmpty)
        {
            Promise(read.Root is not null, "without a problem there is a value");
            using var other = System.Text.Json.JsonDocument.Parse(string.Concat(input.Select(c => char.IsSurrogate(c) ? 'x' : c)), new System.Text.Json.JsonDocumentOptions { MaxDepth = 200 });
        }
    }

    private static void CheckSpans(Node node, int end)
    {
        Promise(node.Span.Start >= 0 && node.Span.Length >= 0 && node.Span.End <= end, "a value lies inside the text");
        foreach (var child in node switch { MappingNode map => map.Members.Select(m => m.Value), SequenceNode list => list.Items, _ => [] })
        {
            CheckSpans(child, end);
        }
    }
}
