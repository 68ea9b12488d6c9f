using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Cli.Commands.Workflow;

/// <summary>
/// The kinds of cases that <c>workflow eval --cases</c> answers, told apart by their members (<c>testdata/workflow/README.md</c>). An answer has
/// the members of what the case expects.
/// </summary>
internal static class CaseKinds
{
    private static readonly Dictionary<string, Definition> Definitions = new(StringComparer.Ordinal)
    {
        ["container"] = WorkflowSchema.Container,
        ["job-concurrency"] = WorkflowSchema.JobConcurrency,
        ["workflow-concurrency"] = WorkflowSchema.WorkflowConcurrency,
        ["job-continue-on-error"] = WorkflowSchema.JobContinueOnError,
        ["job-defaults"] = WorkflowSchema.JobDefaults,
        ["job-env"] = WorkflowSchema.JobEnv,
        ["job-environment"] = WorkflowSchema.JobEnvironment,
        ["job-outputs"] = WorkflowSchema.JobOutputs,
        ["job-timeout-minutes"] = WorkflowSchema.JobMinutes,
        ["needs"] = WorkflowSchema.Needs,
        ["permissions"] = WorkflowSchema.Permissions,
        ["run-name"] = WorkflowSchema.RunName,
        ["runs-on"] = WorkflowSchema.RunsOn,
        ["services"] = WorkflowSchema.Services,
        ["step-continue-on-error"] = WorkflowSchema.StepContinueOnError,
        ["step-env"] = WorkflowSchema.StepEnv,
        ["step-timeout-minutes"] = WorkflowSchema.StepMinutes,
        ["step-with"] = WorkflowSchema.StepWith,
        ["strategy"] = WorkflowSchema.Strategy,
        ["workflow-env"] = WorkflowSchema.WorkflowEnv,
    };

    /// <summary>Writes the answer to one case behind its <c>id</c>; false when the case is of no kind known here.</summary>
    /// <param name="folder">Where the files stand that a case names.</param>
    public static bool Answer(ObjectValue @case, string folder, Utf8JsonWriter json)
    {
        if (@case["expr"].AsString is { } expression)
        {
            Expression(expression, @case, json);
        }
        else if (@case["files"].AsObject is { } files && @case["entry"].AsString is { } entry)
        {
            Workflow(files, entry, @case["options"], folder, json);
        }
        else if (@case["yaml"].AsString is { } yaml && @case["definition"].AsString is { } name && Definitions.TryGetValue(name, out var definition))
        {
            Template(yaml, definition, @case, json);
        }
        else if (@case["patterns"].AsArray is not null)
        {
            var filter = new PatternFilter([.. Texts(@case["patterns"]).Select(p => new FilterPattern(p))], @case["mode"].AsString == "ignore");
            json.WriteBoolean("runs", filter.Passes(Texts(@case["values"])));
        }
        else if (@case["on"].AsString is { } on && @case["event"].AsObject is { } happened)
        {
            Trigger(on, happened, json);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static void Expression(string text, ObjectValue @case, Utf8JsonWriter json)
    {
        var contexts = @case["context"].AsObject ?? [];
        var state = @case["state"].AsObject;
        var isCondition = state?["if_condition"].IsTruthy == true;
        var scope = Scope.Of([.. contexts.Select(m => m.Key)]);
        scope = state is null ? scope : scope.Plus(Function.Always, Function.Success, Function.Failure, Function.Cancelled);
        var (expression, error) = isCondition ? Condition.Parse(text, scope) : ExpressionParser.Parse(text, scope);
        if (error is not null || expression is null)
        {
            Write(error ?? new ExpressionError("empty", "there is no expression"), "parse", json);
            return;
        }

        var status = state is null ? null
            : state["composite_main_step"].IsTruthy ? Status.OfCompositeSteps(OutcomeOf(state["job_status"]), OutcomeOf(state["action_status"]))
            : Status.OfSteps(OutcomeOf(state["job_status"]));
        var (value, problem) = Evaluator.Evaluate(expression, new EvaluationContext { Contexts = contexts, Status = status ?? ((_, _) => false) });
        if (problem is not null)
        {
            Write(problem, "eval", json);
            return;
        }

        value = isCondition ? value.IsTruthy : value;
        json.WriteStartObject("expected");
        json.WriteString("kind", value.Kind.ToString());
        Write("value", value, json);
        json.WriteEndObject();
    }

    private static void Template(string yaml, Definition definition, ObjectValue @case, Utf8JsonWriter json)
    {
        var read = YamlReader.Read(new SourceText("<case>", yaml), YamlOptions.Workflow with { StripByteOrderMark = false });
        var found = read.Diagnostics.ToBuilder();
        var template = read.Root is null ? null : new SchemaReader(found).Read(read.Root, definition);
        if (found.Count > 0)
        {
            Write(found.ToImmutable(), "parse", json);
            return;
        }

        var context = new EvaluationContext { Contexts = @case["context"].AsObject ?? [] };
        if (definition == WorkflowSchema.Strategy)
        {
            var matrix = Matrix.Expand(template, @case["job_name"].AsString ?? "build", context);
            if (!matrix.Diagnostics.IsEmpty)
            {
                Write(matrix.Diagnostics, "eval", json);
                return;
            }

            var jobs = matrix.Jobs.Select(j => (Value)new ObjectValue { { "id", j.Id }, { "name", j.Name }, { "matrix", j.Values }, { "strategy", j.Strategy } });
            Write("expected", new ObjectValue { { "fail-fast", matrix.FailFast }, { "max-parallel", matrix.MaxParallel }, { "jobs", new ArrayValue([.. jobs]) } }, json);
            return;
        }

        var (value, problems) = TemplateEvaluator.Evaluate(template!, context);
        if (problems.IsEmpty)
        {
            Write("expected", value, json);
        }
        else
        {
            Write(problems, "eval", json);
        }
    }

    private static void Workflow(ObjectValue files, string entry, Value options, string folder, Utf8JsonWriter json)
    {
        SourceText? Load(string name) => files[name].AsString is not { } text ? null
            : new SourceText(name, !text.Contains('\n', StringComparison.Ordinal) && File.Exists(Path.Combine(folder, text)) ? File.ReadAllText(Path.Combine(folder, text)) : text);
        int Limit(string name, int otherwise) => options[name].Kind == ValueKind.Number ? (int)options[name].ToNumber() : otherwise;
        if (Load(entry) is not { } source)
        {
            return;
        }

        var result = WorkflowParser.Parse(source, new WorkflowParseOptions
        {
            Policy = options["permissions-policy"].AsString == "LimitedRead" ? PermissionPolicy.Restricted : PermissionPolicy.Permissive,
            ResolveCallee = options["skip-reusable"].IsTruthy || files.Count == 1 ? null : reference => Load(reference.ToString()!),
            MaxCallDepth = Limit("max-nested-reusable-workflows-depth", 10),
            Yaml = YamlOptions.Workflow with { MaxLength = Limit("max-file-size", 1_048_576), MaxDepth = Limit("max-depth", 50) },
        });
        json.WriteString("verdict", result.IsValid ? "valid" : "invalid");
        json.WriteBoolean("allowed", result.IsValid);
        json.WriteStartArray("errors");
        foreach (var problem in result.Diagnostics.Where(d => d.Severity == Severity.Error))
        {
            json.WriteStartObject();
            json.WriteString("code", problem.Id);
            json.WriteNumber("line", problem.Start.Line);
            json.WriteNumber("col", problem.Start.Column);
            json.WriteString("file", problem.Source.Name);
            json.WriteString("message", problem.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Trigger(string on, ObjectValue happened, Utf8JsonWriter json)
    {
        var parsed = WorkflowParser.Parse(new SourceText("<case>", $"on: {on}\njobs: {{a: {{runs-on: x}}}}\n"));
        var decision = Triggers.Decide(parsed.Workflow?.On ?? [], new TriggerEvent(happened["name"].ToText())
        {
            Action = happened["action"].AsString,
            Ref = happened["ref"].AsString,
            BaseRef = happened["base_ref"].AsString,
            Message = happened["message"].AsString,
            Workflow = happened["workflow"].AsString,
            HeadBranch = happened["head_branch"].AsString,
            Schedule = happened["schedule"].AsString,
            ChangedFiles = happened["changed_files"].AsArray is null ? null : Texts(happened["changed_files"]),
        });
        json.WriteBoolean("runs", decision.Runs);
        json.WriteString("reason", decision.Reason);
    }

    private static void Write(ExpressionError error, string phase, Utf8JsonWriter json)
    {
        json.WriteStartObject("error");
        json.WriteString("phase", phase);
        json.WriteString("code", error.Code);
        json.WriteNumber("position", error.Position);
        json.WriteString("token", error.Token);
        json.WriteString("message", error.Message);
        json.WriteEndObject();
    }

    private static void Write(ImmutableArray<Diagnostic> problems, string phase, Utf8JsonWriter json)
    {
        json.WriteStartObject("error");
        json.WriteString("phase", phase);
        json.WriteString("code", problems[0].Id);
        json.WriteNumber("count", problems.Length);
        json.WriteNumber("line", problems[0].Start.Line);
        json.WriteNumber("col", problems[0].Start.Column);
        json.WriteString("message", problems[0].Message);
        json.WriteEndObject();
    }

    private static void Write(string name, Value value, Utf8JsonWriter json)
    {
        json.WritePropertyName(name);
        Write(value, json);
    }

    private static void Write(Value value, Utf8JsonWriter json)
    {
        switch (value.Kind)
        {
            case ValueKind.Null:
                json.WriteNullValue();
                break;
            case ValueKind.Boolean:
                json.WriteBooleanValue(value.IsTruthy);
                break;
            case ValueKind.Number when double.IsFinite(value.ToNumber()):
                json.WriteNumberValue(value.ToNumber());
                break;
            case ValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.AsArray!.Items)
                {
                    Write(item, json);
                }

                json.WriteEndArray();
                break;
            case ValueKind.Object:
                json.WriteStartObject();
                foreach (var (name, member) in value.AsObject!)
                {
                    Write(name, member, json);
                }

                json.WriteEndObject();
                break;
            default:
                // NaN and the infinities have no JSON: their names stand for them.
                json.WriteStringValue(value.ToText());
                break;
        }
    }

    private static Outcome? OutcomeOf(Value text) => Enum.TryParse<Outcome>(text.ToText(), ignoreCase: true, out var outcome) && text.Kind == ValueKind.String ? outcome : null;

    private static ImmutableArray<string> Texts(Value list) => [.. (list.AsArray?.Items ?? []).Select(i => i.ToText())];
}
