using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Language.Workflow.Schema;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class TemplateTests
{
    [Fact]
    public void Templates_have_the_values_and_errors_of_the_corpus() => Corpus.All("templates.jsonl", Check, atLeast: 95);

    private static Definition DefinitionOf(string name) => name switch
    {
        "container" => WorkflowSchema.Container,
        "job-concurrency" => WorkflowSchema.JobConcurrency,
        "job-env" => WorkflowSchema.JobEnv,
        "job-environment" => WorkflowSchema.JobEnvironment,
        "needs" => WorkflowSchema.Needs,
        "permissions" => WorkflowSchema.Permissions,
        "run-name" => WorkflowSchema.RunName,
        "runs-on" => WorkflowSchema.RunsOn,
        "step-continue-on-error" => WorkflowSchema.StepContinueOnError,
        "step-env" => WorkflowSchema.StepEnv,
        "step-timeout-minutes" => WorkflowSchema.StepMinutes,
        "workflow-env" => WorkflowSchema.WorkflowEnv,
        _ => throw new ArgumentException(name),
    };

    private static string? Check(JsonElement row)
    {
        // The text of a case is a value, not a file: a byte order mark is a character of it.
        var source = new SourceText("case", row.GetProperty("yaml").GetString()!);
        var read = YamlReader.Read(source, YamlOptions.Workflow with { StripByteOrderMark = false });
        var diagnostics = read.Diagnostics.ToBuilder();
        var template = read.Root is null ? null : new SchemaReader(diagnostics).Read(read.Root, DefinitionOf(row.GetProperty("definition").GetString()!));
        var phase = "parse";
        var value = Value.Null;
        if (diagnostics.Count == 0)
        {
            var context = row.TryGetProperty("context", out var given) ? Corpus.ToObject(given) : [];
            (value, var problems) = TemplateEvaluator.Evaluate(template!, new EvaluationContext { Contexts = context });
            diagnostics.AddRange(problems);
            phase = "eval";
        }

        if (!row.TryGetProperty("error", out var error))
        {
            return diagnostics.Count > 0 ? "unexpected " + Show(diagnostics) : Corpus.Same(value, row.GetProperty("expected")) ? null : ValueJson.Write(value) + row;
        }

        if (diagnostics.Count == 0)
        {
            return $"is {ValueJson.Write(value)}, wanted {row}";
        }

        var same = error.GetProperty("phase").GetString() == phase && Code(diagnostics[0].Id) == error.GetProperty("code").GetString() && diagnostics.Count == error.GetProperty("count").GetInt32()
            && (!error.TryGetProperty("line", out var line) || diagnostics[0].Start.Line == line.GetInt32());
        return same ? null : $"{phase}: {Show(diagnostics)}, wanted {row}";
    }

    private static string Code(string id) => id switch
    {
        "missing-property" => "required-property",
        "expr-unknown-context" => "unknown-name",
        "expr-unknown-function" => "unknown-function",
        "expr-unclosed" => "expression-not-closed",
        "yaml-multiple-documents" => "multiple-documents",
        "yaml-syntax" => "yaml",
        "yaml-alias" => "unknown-anchor",
        "yaml-tag" => "bad-tag",
        _ => id,
    };

    private static string Show(IEnumerable<Diagnostic> diagnostics) => string.Join("; ", diagnostics.Select(d => $"{d.Start} {d.Id} {d.Message}"));
}
