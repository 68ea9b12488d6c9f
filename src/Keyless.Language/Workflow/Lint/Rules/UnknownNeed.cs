using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>An expression asks for a job that is not under <c>needs</c>, or for an output it does not declare: the value is empty.</summary>
internal sealed class UnknownNeed() : WorkflowRule("need-not-declared", Severity.Warning)
{
    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow)
    {
        foreach (var job in workflow.Jobs)
        {
            foreach (var (template, _) in Uses.Of(job))
            {
                foreach (var path in Uses.Paths(template.Expression, "needs").Where(p => p.Count > 0 && p[0] is not ("*" or "")))
                {
                    if (job.Needs.All(n => !n.Text.Equals(path[0], StringComparison.OrdinalIgnoreCase)))
                    {
                        yield return Found(template.Source, template.Span, $"job `{job.Id}` does not need `{path[0]}`, so the value is empty",
                            Suggest.Nearest(path[0], job.Needs.Select(n => n.Text)) is { } near ? $"did you mean `{near}`?" : $"add `{path[0]}` to its `needs`");
                    }
                    else if (path.Count > 2 && path[1] == "outputs" && path[2] is not ("*" or "") && workflow.FindJob(path[0]) is StepsJob { Outputs: null or Template.Map } needed
                        && Names(needed.Outputs) is var outputs && outputs.All(n => !n.Equals(path[2], StringComparison.OrdinalIgnoreCase)))
                    {
                        yield return Found(template.Source, template.Span, $"job `{path[0]}` declares no output `{path[2]}`, so the value is empty",
                            Suggest.Nearest(path[2], outputs) is { } near ? $"did you mean `{near}`?" : $"add `{path[2]}` to the `outputs` of job `{path[0]}`");
                    }
                }
            }
        }
    }

    private static List<string> Names(Template? outputs) => [.. (outputs as Template.Map)?.Entries.Select(e => e.Key.LiteralText).OfType<string>() ?? []];
}
