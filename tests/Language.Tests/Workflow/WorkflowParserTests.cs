using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Tests;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class WorkflowParserTests
{
    [Fact]
    public void Workflows_of_the_corpus_have_their_verdicts_and_places() => Corpus.All("workflows/index.jsonl", CheckIndex, atLeast: 227);

    [Fact]
    public void Small_workflows_have_their_verdicts_and_places() => Corpus.All("workflows/generated.jsonl", CheckGenerated, atLeast: 794);

    [Fact]
    public void Contexts_and_functions_are_available_where_GitHub_offers_them() => Corpus.All("workflows/availability.jsonl", CheckAvailability, atLeast: 523);

    private static string? CheckIndex(JsonElement row)
    {
        // Each a choice of ours, GitHub's parsers being of two minds:
        // - `on` is a matter of another service for GitHub's parser; ours asks for it, as that service does;
        // - an alias inside its own value is one error where it stands, not the errors of replaying it fifty levels deep;
        // - unknown keys of `workflow_dispatch` are errors in most cases of the corpus, and so in all of ours.
        if (row.GetProperty("id").GetString() is "al-err-missing_on" or "al-err-recursive_anchors"
            or "al-examples-yaml_anchor_usage" or "ls-on-workflow_dispatch-unknown-keys-ignored")
        {
            return null;
        }

        // GitHub counts bytes of its own object model for this limit; ours are nodes and characters.
        return row.GetProperty("options").TryGetProperty("max-result-size", out _) ? null
            : Check(row, path => File.ReadAllText(TestData.PathOf("workflow/workflows/" + path)));
    }

    private static string? CheckGenerated(JsonElement row) =>
        // GitHub does take `[repository_dispatch]`: many published workflows say so.
        row.GetProperty("name").GetString() == "list repository_dispatch" ? null : Check(row, text => text);

    private static string? CheckAvailability(JsonElement row)
    {
        var result = Parse(row, text => text);
        return result.IsValid == row.GetProperty("allowed").GetBoolean() ? Places(row, result) : Show(result, row);
    }

    private static string? Check(JsonElement row, Func<string, string> load)
    {
        var result = Parse(row, load);
        if (row.GetProperty("level").GetString() == "disputed" || row.GetProperty("verdict").GetString() is not { } verdict)
        {
            return null;
        }

        return result.IsValid != (verdict == "valid") ? Show(result, row) : Places(row, result);
    }

    /// <summary>The first error that the corpus names is found on its line.</summary>
    private static string? Places(JsonElement row, WorkflowParseResult result)
    {
        if (!row.TryGetProperty("errors", out var errors) || errors.GetArrayLength() == 0)
        {
            return null;
        }

        var lines = result.Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Start.Line).ToHashSet();
        foreach (var error in errors.EnumerateArray())
        {
            if (error.TryGetProperty("line", out var line) && !lines.Contains(line.GetInt32()))
            {
                return "no error on line " + line + "\n" + Show(result, row);
            }
        }

        return null;
    }

    private static WorkflowParseResult Parse(JsonElement row, Func<string, string> load)
    {
        var files = row.GetProperty("files").EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString()!);
        var entry = row.GetProperty("entry").GetString()!;
        var options = row.TryGetProperty("options", out var o) ? o : default;
        var has = options.ValueKind == JsonValueKind.Object;
        var settings = new WorkflowParseOptions
        {
            Policy = has && options.TryGetProperty("permissions-policy", out var policy) && policy.GetString() == "LimitedRead" ? PermissionPolicy.Restricted : PermissionPolicy.Permissive,
            ResolveCallee = !has || options.TryGetProperty("skip-reusable", out _) ? null
                : reference => files.TryGetValue(reference.ToString(), out var file) ? new SourceText(reference.ToString(), load(file)) : null,
            MaxCallDepth = has && options.TryGetProperty("max-nested-reusable-workflows-depth", out var depth) ? depth.GetInt32() : 10,
            Yaml = YamlOptions.Workflow with
            {
                MaxLength = has && options.TryGetProperty("max-file-size", out var size) ? size.GetInt32() : 1_048_576,
                MaxDepth = has && options.TryGetProperty("max-depth", out var nesting) ? nesting.GetInt32() : 50,
            },
        };
        return WorkflowParser.Parse(new SourceText(entry, load(files[entry])), settings);
    }

    private static string Show(WorkflowParseResult result, JsonElement row) =>
        $"found {(result.IsValid ? "valid" : "invalid")}: {string.Join("; ", result.Diagnostics.Select(d => $"{d.Start} {d.Id} {d.Message}"))}\n    wanted {row.GetRawText()}";
}
