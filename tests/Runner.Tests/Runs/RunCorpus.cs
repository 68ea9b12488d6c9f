using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner;
using Keyless.Tests;
using Xunit;

namespace Runner.Tests.Runs;

/// <summary>Complete little repositories with an event, and what must be seen when they run.</summary>
public sealed class RunCorpus
{
    private static readonly JsonElement[] Corpus =
        [.. TestData.Read("workflow/runner-e2e-dev.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public static TheoryData<string> Cases() => [.. Corpus.Select(item => item.GetProperty("id").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_repository_runs_as_on_GitHub(string id)
    {
        var item = Corpus.Single(c => c.GetProperty("id").GetString() == id);
        var run = await RunAsync(item);
        var expect = item.GetProperty("expect");
        CheckResult(expect.GetProperty("run").GetString()!, run);
        foreach (var part in Texts(expect, "nolog"))
        {
            Assert.DoesNotContain(run.Lines, line => line.Contains(part, StringComparison.Ordinal));
        }

        var from = 0;
        var ordered = expect.TryGetProperty("ordered", out var flag) && flag.GetBoolean();
        foreach (var part in Texts(expect, "log"))
        {
            var at = run.Lines.FindIndex(from, line => line.Contains(part, StringComparison.Ordinal));
            Assert.True(at >= 0, $"`{part}` is not in the log{(ordered ? " in this order" : "")}:\n{run.Text}");
            from = ordered ? at : 0;
        }

        var jobs = run.Result.Runs.SelectMany(r => r.Jobs).ToList();
        Assert.Subset(jobs.Select(job => job.Name).ToHashSet(), Texts(expect, "job_names").ToHashSet());
        foreach (var (name, result) in Members(expect, "jobs"))
        {
            Assert.Equal(result.GetString(), jobs.Single(job => job.Id == name).Result.ToString().ToLowerInvariant());
        }

        foreach (var (name, steps) in Members(expect, "steps"))
        {
            foreach (var step in steps.EnumerateObject())
            {
                var found = jobs.Single(job => job.Id == name).Steps.Single(s => s.Id == step.Name);
                Assert.Equal(step.Value.EnumerateArray().Select(v => v.GetString()), [Word(found.Outcome), Word(found.Conclusion)]);
            }
        }

        foreach (var wanted in Texts(expect, "annotations"))
        {
            Assert.True(jobs.SelectMany(job => job.Annotations).Any(annotation => Matches(annotation, wanted)), $"no annotation `{wanted}` in:\n{run.Text}");
        }
    }

    private static void CheckResult(string wanted, CollectedRun run)
    {
        var got = run.Result.Diagnostics.Length > 0 || run.Result.Problem is not null ? "invalid" : run.Result.Runs[0].Result.ToString().ToLowerInvariant();
        Assert.True(wanted == got, $"wanted {wanted}, got {got}:\n{run.Text}");
    }

    /// <summary><c>level|file|line|col|title|message</c>, where parts may be missing.</summary>
    private static bool Matches(Annotation annotation, string wanted)
    {
        string[] shown =
        [
            annotation.Level.ToString().ToLowerInvariant(), annotation.File ?? "", annotation.Line?.ToString() ?? "", annotation.Column?.ToString() ?? "", annotation.Title ?? "", annotation.Message,
        ];
        return wanted.Split('|').All(part => shown.Any(text => text.Contains(part, StringComparison.Ordinal)));
    }

    private static async Task<CollectedRun> RunAsync(JsonElement item)
    {
        using var folder = new TemporaryFolder();
        foreach (var (path, content) in Members(item, "files"))
        {
            folder.Write(path, content.GetString()!);
        }

        var context = item.GetProperty("context");
        var options = new RunOptions
        {
            Folder = folder.Path,
            Workflows = [item.GetProperty("workflow").GetString()!],
            DataFolder = System.IO.Path.Combine(folder.Path, ".keyless"),
            Event = context.GetProperty("event").GetString(),
            Repository = context.GetProperty("repository").GetString(),
            Ref = context.TryGetProperty("ref", out var reference) ? reference.GetString() : null,
            Secrets = Members(context, "secrets").ToImmutableSortedDictionary(m => m.Name, m => m.Value.GetString()!, StringComparer.OrdinalIgnoreCase),
            Vars = Members(context, "vars").ToImmutableSortedDictionary(m => m.Name, m => m.Value.GetString()!, StringComparer.OrdinalIgnoreCase),
            Inputs = Members(context, "inputs").ToImmutableSortedDictionary(m => m.Name, m => m.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            EventFile = context.TryGetProperty("payload", out var payload) ? folder.Write("payload-of-the-event.json", payload.GetRawText()) : null,
        };
        return await CollectedRun.Of(options);
    }

    private static IEnumerable<string> Texts(JsonElement item, string name) =>
        item.TryGetProperty(name, out var list) ? list.EnumerateArray().Select(text => text.GetString()!) : [];

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement item, string name) =>
        item.TryGetProperty(name, out var map) ? map.EnumerateObject().Select(member => (member.Name, member.Value)) : [];

    private static string Word(Outcome outcome) => outcome.ToString().ToLowerInvariant();
}
