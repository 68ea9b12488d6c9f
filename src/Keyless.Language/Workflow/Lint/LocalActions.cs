using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow.Lint;

/// <summary>
/// Holds the use of actions of the same repository against their metadata. Apart from the rules because it needs files: whoever calls hands them over.
/// </summary>
public static class LocalActions
{
    /// <param name="metadata">The text of the metadata in a folder of the repository; null when there is no such file.</param>
    public static ImmutableArray<Diagnostic> Check(WorkflowFile workflow, Func<string, SourceText?> metadata)
    {
        var found = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var (job, step) in workflow.Jobs.OfType<StepsJob>().SelectMany(j => j.Steps.OfType<UsesStep>().Select(s => (j, s))))
        {
            if (step.Action is not (ActionReference.Local or ActionReference.BesideFile))
            {
                continue;
            }

            var path = step.Action is ActionReference.Local local ? local.Path : ((ActionReference.BesideFile)step.Action).Path;
            if (metadata(path) is not { } source)
            {
                if (IsPutThere(job, path))
                {
                    continue;
                }

                found.Add(Warning("local-action-missing", step, step.Uses.Span, $"the repository has no `action.yml` in `{(path.Length == 0 ? "." : path)}`", "correct the path, or make sure that an earlier step puts the action there"));
            }
            else if (ActionParser.Parse(source).Action is { } action)
            {
                CheckInputs(step, action, found);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Whether some step checks something out into the folder, or into one that is not known yet.</summary>
    private static bool IsPutThere(StepsJob job, string path) => job.Steps.OfType<UsesStep>().Any(s => s.With?["path"] switch
    {
        null => false,
        { LiteralText: { } folder } => (path + "/").StartsWith(folder.Trim('.', '/') + "/", StringComparison.Ordinal),
        _ => true,
    });

    private static void CheckInputs(UsesStep step, ActionFile action, ImmutableArray<Diagnostic>.Builder found)
    {
        if (step.With is not (null or Template.Map))
        {
            return;
        }

        var given = (step.With as Template.Map)?.Entries ?? [];
        var names = action.Inputs.Select(i => i.Name).ToList();
        foreach (var (key, _) in given.Where(e => e.Key.LiteralText is { } name && name is not ("args" or "entrypoint") && !names.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            found.Add(Warning("local-action-input", step, key.Span, $"the action `{step.Uses.Text}` has no input `{Excerpt.Of(key.LiteralText!)}`",
                Suggest.Nearest(key.LiteralText!, names) is { } near ? $"did you mean `{near}`?" : names.Count == 0 ? "it takes no inputs" : $"its inputs are {string.Join(", ", names.Select(n => $"`{n}`"))}"));
        }

        if (given.Any(e => e.Key.HasExpression))
        {
            return;
        }

        foreach (var input in action.Inputs.Where(i => i.Required && i.Default is null && given.All(e => !i.Name.Equals(e.Key.LiteralText, StringComparison.OrdinalIgnoreCase))))
        {
            found.Add(Warning("local-action-input", step, step.Uses.Span, $"the action `{step.Uses.Text}` wants the input `{input.Name}`, which is not given", "give it under `with`"));
        }
    }

    private static Diagnostic Warning(string id, UsesStep step, SourceSpan span, string message, string help) =>
        new(id, Severity.Warning, step.Source, span, message) { Help = help };
}
