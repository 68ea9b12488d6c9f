using System.Collections.Immutable;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Actions;

namespace Keyless.Runner.Steps;

/// <summary>A composite action: steps in a scope of their own, of which the outside sees only the outputs. GitHub Docs, "Metadata syntax", runs for composite actions.</summary>
internal sealed class CompositeAction(JobRun job, StepRunner runner, ActionUse use, StepExecution execution)
{
    /// <summary>The scope of its steps. Inputs are texts, whatever was given.</summary>
    public static StepScope ScopeOf(ActionUse use, StepScope outer)
    {
        var inputs = new ObjectValue();
        foreach (var (name, value) in use.Inputs)
        {
            inputs[name] = value;
        }

        return new StepScope
        {
            Inputs = inputs,
            Action = use.Action!.Folder,
            OuterEnv = outer.OuterEnv.SetItems(use.Env),
            Depth = outer.Depth + 1,
        };
    }

    public async Task RunAsync(ActionRuns.Composite composite, IReadOnlyDictionary<string, string> env)
    {
        if (use.Scope.Depth >= StepScope.Deepest)
        {
            execution.Fail($"composite actions are nested more than {StepScope.Deepest} deep at `{use.Step.Uses.Text}`");
            return;
        }

        var scope = ScopeOf(use, use.Scope);
        foreach (var step in composite.Steps)
        {
            await runner.RunAsync(step, scope);
        }

        var context = job.Context(scope, env, github: job.GithubFor(use.Step.Id, use.Action!.Folder, null));
        foreach (var output in use.Action.File.Outputs)
        {
            if (output.Value is null)
            {
                continue;
            }

            var (value, problems) = TemplateEvaluator.Evaluate(output.Value, context);
            if (problems.IsEmpty)
            {
                execution.SetOutput(output.Name, value.ToText());
            }
            else
            {
                execution.Fail(JobRun.Describe(problems));
            }
        }

        if (scope.Course == Outcome.Failure)
        {
            execution.MarkFailed();
        }
    }
}
