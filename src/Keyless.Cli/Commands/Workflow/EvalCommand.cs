using System.CommandLine;
using System.Text.Json;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Cli.Commands.Workflow;

/// <summary><c>keyless workflow eval</c>: what an expression, a text with <c>${{ }}</c> or a condition comes to.</summary>
internal static class EvalCommand
{
    private static readonly string[] Contexts = ["github", "env", "vars", "job", "jobs", "steps", "runner", "secrets", "strategy", "matrix", "needs", "inputs"];

    public static Command Create()
    {
        var expression = new Argument<string>("EXPRESSION") { Description = "An expression, or a text that holds `${{ }}`; `-` reads standard input", DefaultValueFactory = _ => "-" };
        var cases = new Option<string[]>("--cases") { Description = "Answer a file of conformance cases instead; may be repeated" };
        var context = new Option<string?>("--context") { Description = "A JSON file of contexts: `{\"github\": {...}, \"env\": {...}}`" };
        var payload = new Option<string?>("--payload", "-e") { Description = "A JSON file that becomes `github.event`" };
        var set = new Option<string[]>("--set") { Description = "One value of a context, PATH=VALUE as in `github.ref=refs/heads/main`; may be repeated" };
        var condition = new Option<bool>("--if") { Description = "Evaluate as the condition of a step" };
        var status = new Option<Outcome>("--status") { Description = "How the job stands, for `success()` and its kin", DefaultValueFactory = _ => Outcome.Success };
        var json = new Option<bool>("--json") { Description = "Machine output: kind and value" };
        var command = new Command("eval", "Evaluate an expression of a workflow") { expression, cases, context, payload, set, condition, status, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(cases) is { Length: > 0 } files)
            {
                return files.Select(RunCases).Max();
            }

            var text = parsed.GetRequiredValue(expression);
            if (text == "-")
            {
                if (!InputFile.TryRead("-", out var input, out var problem))
                {
                    Terminal.Error.Problem(problem);
                    return ExitCode.Wrong;
                }

                text = input.Text.TrimEnd('\n');
            }

            return ReadContexts(parsed.GetValue(context), parsed.GetValue(payload), parsed.GetValue(set) ?? []) is { } contexts
                ? Run(text, contexts, parsed.GetValue(condition), parsed.GetValue(status), parsed.GetValue(json))
                : ExitCode.Wrong;
        });
        return command;
    }

    /// <summary>One answer a line, in the order of the cases; 2 when some line is no case.</summary>
    private static int RunCases(string file)
    {
        if (!InputFile.TryRead(file, out var source, out var problem))
        {
            Terminal.Error.Problem(problem);
            return ExitCode.Wrong;
        }

        var exit = ExitCode.Done;
        var folder = Path.GetDirectoryName(Path.GetFullPath(file == "-" ? "." : file)) ?? ".";
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        foreach (var line in source.Text.Split('\n').Where(l => l.Length > 0))
        {
            var @case = ValueJson.Read(line).Value.AsObject ?? [];
            json.WriteStartObject();
            json.WriteString("id", @case["id"].ToText());
            if (!CaseKinds.Answer(@case, folder, json))
            {
                json.WriteString("problem", "this is no whole case of a known kind");
                exit = ExitCode.Wrong;
            }

            json.WriteEndObject();
            json.Flush();
            output.Write("\n"u8);
            json.Reset();
        }

        return exit;
    }

    private static int Run(string text, ObjectValue contexts, bool isCondition, Outcome status, bool json)
    {
        var source = new SourceText("<expression>", text);
        var scope = Scope.Of([.. Contexts.Union(contexts.Select(c => c.Key), StringComparer.OrdinalIgnoreCase)]).Plus(Function.Always, Function.Cancelled, Function.Success, Function.Failure);
        var isText = text.Contains("${{", StringComparison.Ordinal);
        var diagnostics = System.Collections.Immutable.ImmutableArray.CreateBuilder<Diagnostic>();
        var definition = isText && !isCondition ? WorkflowSchema.Any : WorkflowSchema.StepIf;
        var node = new ScalarNode(source, new SourceSpan(0, text.Length), text, ScalarKind.String, ScalarStyle.Plain);
        var template = new SchemaReader(diagnostics).Read(node, definition, scope);
        var value = Value.Null;
        var evaluation = new EvaluationContext { Contexts = contexts, Status = Status.OfSteps(status) };
        if (diagnostics.Count == 0 && isCondition)
        {
            var (holds, problem) = TemplateEvaluator.Evaluate(Condition.Of(template, source, node.Span), evaluation);
            value = holds;
            if (problem is not null)
            {
                diagnostics.Add(problem);
            }
        }
        else if (diagnostics.Count == 0 && template is Template.Dynamic dynamic)
        {
            var (result, error) = Evaluator.Evaluate(dynamic.Expression, evaluation);
            value = result;
            if (error is not null)
            {
                diagnostics.Add(Diagnostic.Error("expr-" + error.Code, source, node.Span, error.Message, error.Help));
            }
        }
        else if (diagnostics.Count == 0 && template is Template.Literal literal)
        {
            value = literal.Value;
        }

        if (diagnostics.Count > 0)
        {
            Terminal.Error.Write(TextRenderer.Render(diagnostics));
            return ExitCode.Wrong;
        }

        Write(value, json);
        return isCondition && !value.IsTruthy ? ExitCode.No : ExitCode.Done;
    }

    private static void Write(Value value, bool json)
    {
        if (json)
        {
            var number = value.Kind == ValueKind.Number && !double.IsFinite(value.ToNumber());
            Terminal.Out.WriteLine($"{{\"kind\": \"{value.Kind}\", \"value\": {(number ? $"\"{value.ToText()}\"" : ValueJson.Write(value))}}}");
        }
        else
        {
            Terminal.Out.WriteLine(value.IsPrimitive ? value.ToText() : ValueJson.Write(value));
        }
    }

    private static ObjectValue? ReadContexts(string? file, string? payload, string[] set)
    {
        var contexts = new ObjectValue();
        if (file is not null)
        {
            if (ReadObject(file) is not { } read)
            {
                return null;
            }

            contexts = read;
        }

        if (payload is not null)
        {
            if (ReadObject(payload) is not { } read)
            {
                return null;
            }

            Under(contexts, "github")["event"] = read;
        }

        foreach (var assignment in set)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            var path = equals < 0 ? [] : assignment[..equals].Split('.');
            if (path.Length < 2 || path.Any(p => p.Length == 0))
            {
                Terminal.Error.Problem($"`--set {assignment}` is no PATH=VALUE; write for example `--set github.ref=refs/heads/main`");
                return null;
            }

            var at = contexts;
            foreach (var name in path[..^1])
            {
                at = Under(at, name);
            }

            at[path[^1]] = assignment[(equals + 1)..];
        }

        return contexts;
    }

    private static ObjectValue Under(ObjectValue members, string name)
    {
        if (members[name].AsObject is { } there)
        {
            return there;
        }

        var made = new ObjectValue();
        members[name] = made;
        return made;
    }

    private static ObjectValue? ReadObject(string file)
    {
        if (!InputFile.TryRead(file, out var source, out var problem))
        {
            Terminal.Error.Problem(problem);
            return null;
        }

        var (value, error) = ValueJson.Read(source.Text);
        if (error is not null || value.AsObject is not { } members)
        {
            Terminal.Error.Problem($"`{source.Name}` is no JSON object{(error is null ? "" : $": {error}")}");
            return null;
        }

        return members;
    }
}
