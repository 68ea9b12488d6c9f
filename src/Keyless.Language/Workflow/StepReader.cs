using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow;

/// <summary>Steps of a job or a composite action out of what the schema read: ids, references, conditions.</summary>
internal sealed class StepReader(SourceText source, ImmutableArray<Diagnostic>.Builder diagnostics)
{
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    public ImmutableArray<Step> Read(Template? steps)
    {
        var maps = (steps as Template.List)?.Items.OfType<Template.Map>().Where(m => !m.Entries.IsEmpty).ToList() ?? [];

        // The authors' ids first, so that those made do not take them.
        foreach (var map in Flatten(maps))
        {
            if (map["id"] is Template.Literal { LiteralText: { } id } place && WorkflowParser.CheckId(id, place.Span, "a step id", source, diagnostics) && !_taken.Add(id))
            {
                diagnostics.Add(Diagnostic.Error("duplicate-id", source, place.Span, $"the step id `{id}` is taken by an earlier step; ids compare without regard to case"));
            }
        }

        return [.. maps.Select(Step)];
    }

    private static IEnumerable<Template.Map> Flatten(IEnumerable<Template.Map> maps)
    {
        foreach (var map in maps)
        {
            yield return map;
            foreach (var inner in (map["parallel"] as Template.List)?.Items.OfType<Template.Map>() ?? [])
            {
                yield return inner;
            }
        }
    }

    private Step Step(Template.Map map)
    {
        var condition = Condition.Of(map["if"], source, map["if"]?.Span ?? map.Span);
        Step step;
        if (map["run"] is { } run)
        {
            step = new RunStep(IdOf(map, ["run"]), source, map.Span) { If = condition, Run = run, Shell = map["shell"], WorkingDirectory = map["working-directory"] };
        }
        else if (map["uses"] is { } uses)
        {
            var text = uses.LiteralText ?? "";
            var action = ActionReference.Parse(text);
            if (action is null && text.Length > 0 && !uses.HasExpression)
            {
                ReportUses(text, uses.Span);
            }

            action ??= new ActionReference.Local(text);
            step = new UsesStep(IdOf(map, SegmentsOf(action)), source, map.Span) { If = condition, Uses = new Word(text, uses.Span), Action = action, With = map["with"] };
        }
        else if (map["wait"] is { } wait)
        {
            step = new WaitStep(IdOf(map, ["wait"]), source, map.Span, WorkflowParser.Words(wait), All: false) { If = condition };
        }
        else if (map["wait-all"] is not null)
        {
            step = new WaitStep(IdOf(map, ["wait-all"]), source, map.Span, [], All: true) { If = condition };
        }
        else if (map["cancel"] is { } cancel)
        {
            step = new CancelStep(IdOf(map, ["cancel"]), source, map.Span, new Word(cancel.LiteralText ?? "", cancel.Span)) { If = condition };
        }
        else if (map["parallel"] is Template.List parallel)
        {
            step = new ParallelStep(IdOf(map, ["parallel"]), source, map.Span, [.. parallel.Items.OfType<Template.Map>().Where(m => !m.Entries.IsEmpty).Select(Step)]) { If = condition };
        }
        else
        {
            // The schema has reported it; a step that does nothing stands in.
            step = new WaitStep(IdOf(map, ["step"]), source, map.Span, [], All: false) { If = condition };
        }

        return step with
        {
            Name = map["name"],
            Env = map["env"],
            TimeoutMinutes = map["timeout-minutes"],
            ContinueOnError = map["continue-on-error"],
            Background = map["background"]?.LiteralText == "true",
        };
    }

    private string IdOf(Template.Map map, IEnumerable<string> segments) =>
        map["id"]?.LiteralText is { Length: > 0 } id && Identifier.IsLegal(id) && !Identifier.IsReserved(id) ? id : Identifier.Make(segments, _taken, "__");

    private static IEnumerable<string> SegmentsOf(ActionReference action) => action switch
    {
        ActionReference.InRepository r => [r.Owner, r.Repository],
        ActionReference.Docker d => [d.Image],
        _ => ["self"],
    };

    private void ReportUses(string uses, SourceSpan span)
    {
        var help = uses.StartsWith("../", StringComparison.Ordinal) || uses.StartsWith('.') ? "a local action begins with `./`, seen from the top of the repository"
            : !uses.Contains('@', StringComparison.Ordinal) && uses.Contains('/', StringComparison.Ordinal) ? $"name the version: `{uses}@v1`"
            : "write `owner/repository@ref`, `./path` or `docker://image`";
        diagnostics.Add(Diagnostic.Error("bad-uses", source, span, $"`{Excerpt.Of(uses)}` names no action", help));
    }
}
