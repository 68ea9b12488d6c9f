using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint.Rules;

/// <summary>An expression asks for a key that the job's matrix does not have: the value is empty.</summary>
internal sealed class UnknownMatrixKey() : WorkflowRule("unknown-matrix-key", Severity.Warning)
{
    public override IEnumerable<Diagnostic> Check(WorkflowFile workflow)
    {
        foreach (var job in workflow.Jobs)
        {
            if (KeysOf(job.Strategy?["matrix"]) is not { } keys || job.Strategy is Template.Dynamic)
            {
                continue;
            }

            foreach (var (template, _) in Uses.Of(job))
            {
                foreach (var path in Uses.Paths(template.Expression, "matrix").Where(p => p.Count > 0 && p[0] is not ("*" or "") && !keys.Contains(p[0])))
                {
                    yield return Found(template.Source, template.Span, keys.Count == 0 ? $"job `{job.Id}` has no matrix, so `matrix.{path[0]}` is empty" : $"the matrix of job `{job.Id}` has no key `{path[0]}`, so the value is empty",
                        Suggest.Nearest(path[0], keys) is { } near ? $"did you mean `{near}`?" : null);
                }
            }
        }
    }

    /// <summary>Every key of the matrix and its includes; null when an expression decides.</summary>
    private static HashSet<string>? KeysOf(Template? matrix)
    {
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (matrix is null)
        {
            return keys;
        }

        if (matrix is not Template.Map map || map.Entries.Any(e => e.Key is not Template.Literal) || map["include"] is Template.Dynamic)
        {
            return null;
        }

        foreach (var entry in map.Entries.Where(e => e.Key.LiteralText is not ("include" or "exclude")))
        {
            keys.Add(entry.Key.LiteralText!);
        }

        foreach (var item in (map["include"] as Template.List)?.Items ?? [])
        {
            if (item is not Template.Map include || include.Entries.Any(e => e.Key is not Template.Literal))
            {
                return null;
            }

            keys.UnionWith(include.Entries.Select(e => e.Key.LiteralText!));
        }

        return keys;
    }
}
