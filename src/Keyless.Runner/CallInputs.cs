using System.Collections.Immutable;
using System.Globalization;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Runner;

/// <summary>The typed <c>inputs</c> of a workflow: of one that is called, and of one that is dispatched.</summary>
internal static class CallInputs
{
    /// <summary>GitHub Docs, "Reusing workflows", using inputs: booleans and numbers must be of their type, texts take any scalar.</summary>
    public static (Value Inputs, ImmutableArray<Diagnostic> Problems) Evaluate(CallJob job, WorkflowFile callee, EvaluationContext context)
    {
        var problems = ImmutableArray.CreateBuilder<Diagnostic>();
        var given = new ObjectValue();
        if (job.With is { } template)
        {
            var (value, wrong) = TemplateEvaluator.Evaluate(template, context);
            problems.AddRange(wrong);
            given = value.AsObject ?? given;
        }

        var inputs = new ObjectValue();
        foreach (var input in callee.Call?.Inputs ?? [])
        {
            if (!given.TryGet(input.Name, out var value))
            {
                inputs[input.Name] = Default(input, context, problems);
            }
            else if (input.Type == "boolean" && value.Kind != ValueKind.Boolean || input.Type == "number" && value.Kind != ValueKind.Number)
            {
                problems.Add(Diagnostic.Error("unexpected-value", job.Source, job.With!.Span, $"the input `{input.Name}` is a {input.Type}, and the value given is `{value.ToText()}`", "make it one with `fromJSON`"));
            }
            else
            {
                inputs[input.Name] = input.Type == "string" ? value.ToText() : value;
            }
        }

        return (inputs, problems.ToImmutable());
    }

    /// <summary>GitHub Docs, "Events that trigger workflows", workflow_dispatch: texts from the outside, typed by their definitions.</summary>
    /// <returns>The inputs, or a sentence on what is wrong.</returns>
    public static (ObjectValue Inputs, string? Problem) OfDispatch(WorkflowFile workflow, IReadOnlyDictionary<string, string> given, EvaluationContext context)
    {
        var inputs = new ObjectValue();
        foreach (var (name, text) in given)
        {
            if (workflow.DispatchInputs.All(input => !input.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                var near = Suggest.Nearest(name, workflow.DispatchInputs.Select(input => input.Name));
                return (inputs, $"`{workflow.Source.Name}` has no input `{name}`{(near is null ? "" : $"; did you mean `{near}`?")}");
            }
        }

        var problems = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var input in workflow.DispatchInputs)
        {
            var (name, text) = given.FirstOrDefault(pair => pair.Key.Equals(input.Name, StringComparison.OrdinalIgnoreCase));
            if (name is null)
            {
                if (input.Required && input.Default is null)
                {
                    return (inputs, $"`{workflow.Source.Name}` needs the input `{input.Name}`: add --input {input.Name}=VALUE");
                }

                inputs[input.Name] = Default(input, context, problems);
                continue;
            }

            if (input.Type == "choice" && !input.Options.Contains(text))
            {
                return (inputs, $"`{text}` is no option of the input `{input.Name}`: expected one of {string.Join(", ", input.Options.Select(option => $"`{option}`"))}");
            }

            if (Typed(input.Type, text) is not { } value)
            {
                return (inputs, $"the input `{input.Name}` is a {input.Type}, and `{text}` is none");
            }

            inputs[input.Name] = value;
        }

        return (inputs, problems.Count > 0 ? problems[0].Message : null);
    }

    private static Value? Typed(string type, string text) => type switch
    {
        "boolean" => text.ToUpperInvariant() switch { "TRUE" => true, "FALSE" => false, _ => null },
        "number" => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => text,
    };

    private static Value Default(InputDefinition input, EvaluationContext context, ImmutableArray<Diagnostic>.Builder problems)
    {
        if (input.Default is not { } template)
        {
            return input.Type switch { "boolean" => false, "number" => 0, "choice" when !input.Options.IsEmpty => input.Options[0], _ => "" };
        }

        var (value, wrong) = TemplateEvaluator.Evaluate(template, context);
        problems.AddRange(wrong);
        return value.Kind == ValueKind.String ? Typed(input.Type, value.ToText()) ?? value : value;
    }
}
