using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>An expression asks for an input that no trigger declares: the value is empty.</summary>
internal sealed class UnknownInput() : WorkflowRule("input-not-declared", Severity.Warning)
{
    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow)
    {
        var names = workflow.DispatchInputs.Concat(workflow.Call?.Inputs ?? []).Select(i => i.Name).ToList();
        foreach (var template in workflow.Jobs.SelectMany(Uses.Of).Select(u => u.Template).Concat(Uses.In(workflow.Env)).Concat(Uses.In(workflow.RunName)))
        {
            foreach (var path in Uses.Paths(template.Expression, "inputs").Where(p => p.Count > 0 && p[0] is not ("*" or "") && !names.Contains(p[0], StringComparer.OrdinalIgnoreCase)))
            {
                yield return Found(template.Source, template.Span, $"no trigger of this workflow declares the input `{path[0]}`, so the value is empty",
                    Suggest.Nearest(path[0], names) is { } near ? $"did you mean `{near}`?" : "declare it under `on.workflow_dispatch.inputs` or `on.workflow_call.inputs`");
            }
        }
    }
}
