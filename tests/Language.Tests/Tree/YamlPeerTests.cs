using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Tests;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using Scalar = YamlDotNet.Core.Events.Scalar;

namespace Language.Tests.Tree;

/// <summary>Our reader against a public one: whatever YamlDotNet reads, ours reads to the same values.</summary>
public sealed class YamlPeerTests
{
    [Fact]
    public void Every_file_of_the_repository_reads_as_YamlDotNet_reads_it()
    {
        var files = TestData.Files("workflow", "*.y*ml").Concat(TestData.Files("cloudformation", "*.y*ml"))
            .Concat(TestData.Files("../examples", "*.y*ml")).ToList();
        var texts = files.Select(f => (Name: f, Text: TestData.Read(f)))
            .Concat(Workflow.Corpus.Read("workflows/generated.jsonl").SelectMany(r => r.GetProperty("files").EnumerateObject().Select(f => (Name: r.GetProperty("id").GetString()!, Text: f.Value.GetString()!))))
            .Concat(Workflow.Corpus.Read("templates.jsonl").Select(r => (Name: r.GetProperty("id").GetString()!, Text: r.GetProperty("yaml").GetString()!)));
        var (compared, wrong) = (0, new StringBuilder());
        foreach (var (name, text) in texts)
        {
            if (Peer(text) is not { } expected)
            {
                continue;
            }

            compared++;
            var read = YamlReader.Read(new SourceText(name, text), new YamlOptions { StripByteOrderMark = false });
            if (read.Diagnostics is [.., { Id: "yaml-tag" or "yaml-empty" }])
            {
                // The peer's events know nothing of values: it takes `!!int x`, and a marker without a document.
                continue;
            }

            var actual = read.Root is null ? string.Join("; ", read.Diagnostics.Select(d => $"{d.Start} {d.Message}")) : Shown(read.Root);
            if (actual != expected)
            {
                wrong.Append(name).Append("\n  peer ").AppendLine(expected).Append("  ours ").AppendLine(actual);
            }
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.True(compared > 1000, $"only {compared} texts were compared");
    }

    /// <summary>The document as YamlDotNet sees it; null when it refuses it, or it has aliases that cannot end.</summary>
    private static string? Peer(string text)
    {
        try
        {
            var events = new Parser(new Scanner(new StringReader(text), skipComments: true));
            var anchors = new Dictionary<string, string?>();
            events.Consume<StreamStart>();
            if (!events.TryConsume<DocumentStart>(out _))
            {
                return null;
            }

            var node = Node(events, anchors);
            events.Consume<DocumentEnd>();
            return events.Accept<StreamEnd>(out _) ? node : null;
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Node(Parser events, Dictionary<string, string?> anchors)
    {
        if (events.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.GetValueOrDefault(alias.Value.Value) ?? throw new InvalidOperationException();
        }

        var start = events.Consume<NodeEvent>();
        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor.Value] = null;
        }

        var text = new StringBuilder();
        switch (start)
        {
            case Scalar scalar:
                text.Append(scalar.Style == YamlDotNet.Core.ScalarStyle.Plain ? "~" : "\"").Append(scalar.Value).Append('"');
                break;
            case SequenceStart:
                while (!events.TryConsume<SequenceEnd>(out _))
                {
                    text.Append(text.Length == 0 ? "[" : ",").Append(Node(events, anchors));
                }

                text.Append(']');
                break;
            default:
                while (!events.TryConsume<MappingEnd>(out _))
                {
                    text.Append(text.Length == 0 ? "{" : ",").Append(Node(events, anchors)).Append(':').Append(Node(events, anchors));
                }

                text.Append('}');
                break;
        }

        if (!start.Anchor.IsEmpty)
        {
            anchors[start.Anchor.Value] = text.ToString();
        }

        return text.ToString();
    }

    private static string Shown(Node node)
    {
        var text = new StringBuilder();
        switch (node)
        {
            case ScalarNode scalar:
                text.Append(scalar.Style == Keyless.Language.Tree.ScalarStyle.Plain ? "~" : "\"").Append(scalar.Text).Append('"');
                break;
            case SequenceNode list:
                foreach (var item in list.Items)
                {
                    text.Append(text.Length == 0 ? "[" : ",").Append(Shown(item));
                }

                text.Append(']');
                break;
            case MappingNode mapping:
                foreach (var (key, value) in mapping.Members)
                {
                    text.Append(text.Length == 0 ? "{" : ",").Append(Shown(key)).Append(':').Append(Shown(value));
                }

                text.Append('}');
                break;
        }

        return text.ToString();
    }
}
