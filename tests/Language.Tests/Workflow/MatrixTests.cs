using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Language.Workflow.Schema;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class MatrixTests
{
    [Fact]
    public void Matrices_expand_to_the_jobs_of_the_corpus() => Corpus.All("matrix.jsonl", Check, atLeast: 30);

    [Fact]
    public void A_matrix_is_bounded_before_it_is_built()
    {
        var vectors = string.Concat(Enumerable.Range(0, 10).Select(i => $"  v{i}: [0,1,2,3,4,5,6,7,8,9]\n"));
        var result = Matrix.Expand(Strategy("matrix:\n" + vectors, out _), "x", new EvaluationContext());
        Assert.Equal("matrix-too-large", Assert.Single(result.Diagnostics).Id);
    }

    private static Template? Strategy(string yaml, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var read = YamlReader.Read(new SourceText("case", yaml), YamlOptions.Workflow);
        var found = read.Diagnostics.ToBuilder();
        var template = read.Root is null ? null : new SchemaReader(found).Read(read.Root, WorkflowSchema.Strategy);
        diagnostics = found;
        return template;
    }

    private static string? Check(JsonElement row)
    {
        var strategy = Strategy(row.GetProperty("yaml").GetString()!, out var diagnostics);
        var name = row.TryGetProperty("job_name", out var given) ? given.GetString()! : "build";
        var context = row.TryGetProperty("context", out var contexts) ? Corpus.ToObject(contexts) : [];
        var result = diagnostics.Count > 0 ? null : Matrix.Expand(strategy, name, new EvaluationContext { Contexts = context });
        var found = result?.Diagnostics ?? [.. diagnostics];
        if (row.TryGetProperty("error", out var error))
        {
            return found.Length == error.GetProperty("count").GetInt32() && found[0].Id == error.GetProperty("code").GetString()
                && found[0].Start.Line == error.GetProperty("line").GetInt32() && found[0].Start.Column == error.GetProperty("col").GetInt32()
                && (result is null) == (error.GetProperty("phase").GetString() == "parse")
                ? null : $"{string.Join("; ", found.Select(d => $"{d.Start} {d.Id}"))} not {error}";
        }

        if (!found.IsEmpty)
        {
            return string.Join("; ", found.Select(d => d.Message));
        }

        var expected = row.GetProperty("expected");
        var jobs = expected.GetProperty("jobs").EnumerateArray().ToList();
        var same = result!.FailFast == expected.GetProperty("fail-fast").GetBoolean() && result.MaxParallel == expected.GetProperty("max-parallel").GetInt32()
            && result.Jobs.Length == jobs.Count && result.Jobs.Zip(jobs, (job, wanted) => job.Id == wanted.GetProperty("id").GetString() && job.Name == wanted.GetProperty("name").GetString()
                && Corpus.Same(job.Values, wanted.GetProperty("matrix")) && Corpus.Same(job.Strategy, wanted.GetProperty("strategy"))).All(s => s);
        return same ? null : $"{result.FailFast} {result.MaxParallel} {string.Join("; ", result.Jobs.Select(j => $"{j.Id} `{j.Name}` {ValueJson.Write(j.Values)} {ValueJson.Write(j.Strategy)}"))}\n   not {row}";
    }
}
