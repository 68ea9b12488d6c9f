using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow.Lint;

/// <summary>Walks a workflow's expressions.</summary>
internal static class Uses
{
    /// <summary>Every expression of a job: its own fields and those of its steps. <c>Step</c> is null for the job's own.</summary>
    public static IEnumerable<(Template.Dynamic Template, Step? Step)> Of(Job job)
    {
        IEnumerable<Template?> own = [job.Name, job.If.Written, job.Strategy, job.Concurrency];
        IEnumerable<Template?> more = job switch
        {
            StepsJob j => [j.RunsOn, j.Environment, j.Outputs, j.Env, j.Defaults.Shell, j.Defaults.WorkingDirectory, j.TimeoutMinutes, j.CancelTimeoutMinutes, j.ContinueOnError, j.Container, j.Services],
            CallJob j => [j.With, j.Secrets],
            _ => [],
        };
        var steps = job is StepsJob withSteps ? withSteps.Steps.SelectMany(s => Of(s).Select(t => (Template: t, Step: (Step?)s))) : [];
        return own.Concat(more).Select(t => (Template: t, Step: (Step?)null)).Concat(steps).SelectMany(p => In(p.Template).Select(t => (t, p.Step)));
    }

    private static IEnumerable<Template?> Of(Step step) =>
    [
        step.Name, step.If.Written, step.Env, step.TimeoutMinutes, step.ContinueOnError,
        .. step switch
        {
            RunStep run => (Template?[])[run.Run, run.Shell, run.WorkingDirectory],
            UsesStep uses => [uses.With],
            _ => [],
        },
    ];

    public static IEnumerable<Template.Dynamic> In(Template? template) => template switch
    {
        Template.Dynamic dynamic => [dynamic],
        Template.List list => list.Items.SelectMany(In),
        Template.Map map => map.Entries.SelectMany(e => In(e.Key).Concat(In(e.Value))),
        _ => [],
    };

    /// <summary>The names that follow a context in an expression: <c>steps.build.outputs.x</c> gives <c>build outputs x</c>; a wildcard is <c>*</c>.</summary>
    public static IEnumerable<List<string>> Paths(Expression expression, string context)
    {
        if (PathOf(expression, context) is { } path)
        {
            yield return path;

            // What the longest path holds inside is the same place once more.
            var inner = expression;
            while (inner is Expression.Index index)
            {
                foreach (var found in Paths(index.Key, context))
                {
                    yield return found;
                }

                inner = index.Target;
            }

            yield break;
        }

        foreach (var child in expression.Children)
        {
            foreach (var found in Paths(child, context))
            {
                yield return found;
            }
        }
    }

    private static List<string>? PathOf(Expression expression, string context)
    {
        switch (expression)
        {
            case Expression.Context named:
                return named.Name.Equals(context, StringComparison.OrdinalIgnoreCase) ? [] : null;
            case Expression.Index index when PathOf(index.Target, context) is { } path:
                path.Add(index.Key switch { Expression.Literal { Value.AsString: { } name } => name, Expression.Wildcard => "*", _ => "" });
                return path;
            default:
                return null;
        }
    }
}
