using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Fuzz.Targets;

/// <summary><see cref="YamlReader"/>: whatever comes, a tree or a problem with a place.</summary>
internal sealed class YamlDocument : Target
{
    public override IEnumerable<string> Seeds =>
    [
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          echo ${{ github.ref }}\n      - uses: actions/checkout@v4\n",
        "a: &x [1, 'two', \"th\\nree\", !Sub '${A}']\nb: *x\nc: {d: e, <<: *x}\n",
        "--- >-\n folded\n text\n...\n",
    ];

    public override IEnumerable<string> Words => ["&x ", "*x", "!Sub ", "<<: ", "- ", ": ", "|\n", ">-\n", "---\n", "...\n", "? ", "%YAML 1.2\n"];

    public override void Run(string input)
    {
        var read = YamlReader.Read(new SourceText("fuzz", input));
        foreach (var problem in read.Diagnostics)
        {
            Promise(problem.Span.Start >= 0 && problem.Span.End <= input.Length, "a problem lies inside the text");
            _ = TextRenderer.Render([problem]);
        }

        Promise(read.Root is not null || !read.Diagnostics.IsEmpty, "without a tree there is a problem");
        if (read.Root is not null)
        {
            CheckSpans(read.Root, input.Length, new HashSet<Node>(ReferenceEqualityComparer.Instance));
        }
    }

    private static void CheckSpans(Node node, int end, HashSet<Node> seen)
    {
        Promise(node.Span.Start >= 0 && node.Span.Length >= 0 && node.Span.End <= end, "a value lies inside the text");
        if (seen.Add(node))
        {
            foreach (var child in node switch { MappingNode map => map.Members.SelectMany(m => new[] { m.Key, m.Value }), SequenceNode list => list.Items, _ => [] })
            {
                CheckSpans(child, end, seen);
            }
        }
    }
}
