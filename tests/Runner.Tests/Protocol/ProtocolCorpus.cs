using System.Text.Json;
using Keyless.Runner.Protocol;
using Keyless.Tests;
using Xunit;

namespace Runner.Tests.Protocol;

/// <summary>The corpus of commands, environment files, masks and problem matchers: inputs with the exact outcome of GitHub's agent.</summary>
public sealed class ProtocolCorpus
{
    [Theory]
    [MemberData(nameof(Cases), "command")]
    public void A_line_is_read_as_the_agent_reads_it(string id)
    {
        var item = Case(id);
        var expected = item.GetProperty("expected");
        var command = WorkflowCommand.Parse(item.GetProperty("line").GetString()!);
        Assert.Equal(expected.GetProperty("command").GetString(), command?.Name);
        if (command is not null)
        {
            Assert.Equal(expected.GetProperty("data").GetString(), command.Data);
            Assert.Equal(
                expected.GetProperty("properties").EnumerateObject().Select(p => (p.Name, p.Value.GetString())),
                command.Properties.Select(p => (p.Key, (string?)p.Value)));
        }
    }

    [Theory]
    [MemberData(nameof(Cases), "envfile")]
    public void An_environment_file_is_read_as_the_agent_reads_it(string id)
    {
        var item = Case(id);
        var content = EnvironmentFile.Parse(item.GetProperty("text").GetString()!);
        var error = item.TryGetProperty("error", out var code) ? code.GetString() : null;
        Assert.Equal(error, content.Problem?.Error switch
        {
            EnvironmentFileError.InvalidFormat => "invalid-format",
            EnvironmentFileError.NameOrDelimiterEmpty => "name-or-delimiter-empty",
            EnvironmentFileError.DelimiterNotFound => "delimiter-not-found",
            _ => null,
        });
        Assert.Equal(
            item.GetProperty(error is null ? "pairs" : "pairs_before_error").EnumerateArray().Select(p => (p[0].GetString()!, p[1].GetString()!)),
            content.Pairs.Select(p => (p.Key, p.Value)));
    }

    [Theory]
    [MemberData(nameof(Cases), "mask")]
    public void A_text_is_masked_as_the_agent_masks_it(string id)
    {
        var item = Case(id);
        var masker = new SecretMasker();
        foreach (var secret in item.GetProperty("secrets").EnumerateArray())
        {
            masker.Add(secret.GetString());
        }

        Assert.Equal(item.GetProperty("expected").GetString(), masker.Apply(item.GetProperty("text").GetString()!));
    }

    [Theory]
    [MemberData(nameof(Cases), "matcher")]
    public void A_problem_matcher_finds_what_the_agent_finds(string id)
    {
        var item = Case(id);
        var read = ProblemMatcher.Read(item.GetProperty("config").GetRawText(), out var problem);
        if (item.TryGetProperty("error", out _))
        {
            Assert.Null(read);
            Assert.NotNull(problem);
            return;
        }

        Assert.NotNull(read);
        var matchers = new ProblemMatchers();
        matchers.Add(read.Value);
        var found = item.GetProperty("lines").EnumerateArray()
            .Select((line, at) => (At: at, Match: matchers.Match(line.GetString()!)))
            .Where(pair => pair.Match is not null)
            .Select(pair => $"{pair.At} {pair.Match}");
        var wanted = item.GetProperty("expected").GetProperty("matches").EnumerateArray().Select(m =>
            $"{m.GetProperty("at").GetInt32()} " + new ProblemMatch(
                Text(m, "owner")!, Text(m, "file"), Text(m, "line"), Text(m, "column"), Text(m, "severity"), Text(m, "code"), Text(m, "message"), Text(m, "fromPath")));
        Assert.Equal(wanted, found);
    }

    public static TheoryData<string> Cases(string kind) => [.. Corpus.Where(c => c.GetProperty("kind").GetString() == kind).Select(c => c.GetProperty("id").GetString()!)];

    private static readonly JsonElement[] Corpus = 
        [.. TestData.Read("workflow/protocol-dev.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static JsonElement Case(string id) => Corpus.Single(c => c.GetProperty("id").GetString() == id);

    private static string? Text(JsonElement item, string name) => item.GetProperty(name).GetString();
}
