using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Actions;

namespace Keyless.Runner.Steps;

/// <summary>The inputs of one use of an action: what <c>with</c> gives, over the defaults of its metadata.</summary>
internal static class ActionInputs
{
    /// <summary><c>INPUT_NAME</c>: upper case, blanks to underscores, hyphens stay.</summary>
    public static string VariableOf(string name) => "INPUT_" + name.Replace(' ', '_').ToUpperInvariant();

    /// <param name="context">Where <c>with</c> is evaluated.</param>
    /// <param name="defaults">Where the metadata's defaults are evaluated.</param>
    public static IReadOnlyDictionary<string, string> Evaluate(UsesStep step, ActionFile file, EvaluationContext context, EvaluationContext defaults, StepExecution execution)
    {
        var inputs = Given(step, context, execution);
        foreach (var input in file.Inputs)
        {
            if (inputs.ContainsKey(input.Name))
            {
                if (input.DeprecationMessage is { } deprecated)
                {
                    execution.Annotate(new Annotation(AnnotationLevel.Warning, $"input `{input.Name}` is deprecated: {deprecated}"));
                }

                continue;
            }

            inputs[input.Name] = "";
            if (input.Default is { } template)
            {
                var (value, problems) = TemplateEvaluator.Evaluate(template, defaults);
                if (problems.IsEmpty)
                {
                    inputs[input.Name] = value.ToText();
                }
                else
                {
                    execution.Fail(JobRun.Describe(problems));
                }
            }
        }

        WarnOfUnknown(step, [.. file.Inputs.Select(input => input.Name)], execution);
        return inputs;
    }

    /// <summary>What <c>with</c> alone gives.</summary>
    public static Dictionary<string, string> Given(UsesStep step, EvaluationContext context, StepExecution execution)
    {
        var inputs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (step.With is null)
        {
            return inputs;
        }

        var (value, problems) = TemplateEvaluator.Evaluate(step.With, context);
        if (!problems.IsEmpty)
        {
            execution.Fail(JobRun.Describe(problems));
            return inputs;
        }

        foreach (var (name, text) in value.AsObject?.Members ?? [])
        {
            inputs[name] = text.ToText();
        }

        return inputs;
    }

    public static void WarnOfUnknown(UsesStep step, IReadOnlyCollection<string> known, StepExecution execution)
    {
        foreach (var (key, _) in (step.With as Template.Map)?.Entries ?? [])
        {
            if (key.LiteralText is { } name && !known.Contains(name, StringComparer.OrdinalIgnoreCase) && name is not ("args" or "entrypoint"))
            {
                var near = Suggest.Nearest(name, known);
                execution.Annotate(new Annotation(
                    AnnotationLevel.Warning,
                    $"unexpected input `{name}` of `{step.Uses.Text}`{(near is null ? $": valid inputs are {string.Join(", ", known)}" : $"; did you mean `{near}`?")}")
                {
                    File = step.Source.Name,
                    Line = step.Source.PositionOf(key.Span.Start).Line,
                    Column = step.Source.PositionOf(key.Span.Start).Column,
                });
            }
        }
    }
}
