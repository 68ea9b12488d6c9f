using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>An expression asks for a step that the job does not have, or that comes later: the value is empty.</summary>
internal sealed class UnknownStep() : WorkflowRule("unknown-step", Severity.Warning)
{
    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow)
    {
        foreach (var job in workflow.Jobs.OfType<StepsJob>())
        {
            var steps = job.Steps.SelectMany(s => s is ParallelStep parallel ? parallel.Steps : [s]).ToList();
            foreach (var (template, step) in Uses.Of(job))
            {
                foreach (var path in Uses.Paths(template.Expression, "steps").Where(p => p.Count > 0 && p[0] is not ("*" or "")))
                {
                    var place = steps.FindIndex(s => s.HasOwnId && s.Id.Equals(path[0], StringComparison.OrdinalIgnoreCase));
                    if (place < 0)
                    {
                        yield return Found(template.Source, template.Span, $"job `{job.Id}` has no step `{path[0]}`, so the value is empty",
                            Suggest.Nearest(path[0], steps.Where(s => s.HasOwnId).Select(s => s.Id)) is { } near ? $"did you mean `{near}`?" : $"give the step that sets it `id: {path[0]}`");
                    }
                    else if (step is not null && steps.IndexOf(step) is >= 0 and var own && own <= place)
                    {
                        yield return Found(template.Source, template.Span, $"step `{path[0]}` has not run yet here, so the value is empty", "only earlier steps have outputs");
                    }
                }
            }
        }
    }
}
