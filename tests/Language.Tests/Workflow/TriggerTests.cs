using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class TriggerTests
{
    [Fact]
    public void Filters_and_triggers_decide_as_in_the_corpus() => Corpus.All("triggers.jsonl", Check, atLeast: 123);

    private static string? Check(JsonElement row)
    {
        var runs = row.GetProperty("runs").GetBoolean();
        if (row.GetProperty("kind").GetString() == "filter")
        {
            var filter = new PatternFilter([.. Texts(row.GetProperty("patterns")).Select(p => new FilterPattern(p))], row.GetProperty("mode").GetString() == "ignore");
            return filter.Passes(Texts(row.GetProperty("values"))) == runs ? null : row.ToString();
        }

        var text = $"on: {row.GetProperty("on").GetString()}\njobs: {{a: {{runs-on: x}}}}\n";
        var parsed = WorkflowParser.Parse(new SourceText("w.yml", text));
        if (!parsed.IsValid)
        {
            return string.Join("; ", parsed.Diagnostics.Select(d => d.Message)) + row;
        }

        var e = row.GetProperty("event");
        string? Text(string name) => e.TryGetProperty(name, out var value) ? value.GetString() : null;
        var decision = Triggers.Decide(parsed.Workflow!.On, new TriggerEvent(Text("name")!)
        {
            Action = Text("action"),
            Ref = Text("ref"),
            BaseRef = Text("base_ref"),
            Message = Text("message"),
            Workflow = Text("workflow"),
            HeadBranch = Text("head_branch"),
            Schedule = Text("schedule"),
            ChangedFiles = e.TryGetProperty("changed_files", out var files) ? Texts(files) : null,
        });
        return decision.Runs == runs ? null : $"{decision.Reason}: {row}";
    }

    private static ImmutableArray<string> Texts(JsonElement list) => [.. list.EnumerateArray().Select(i => i.GetString()!)];
}
