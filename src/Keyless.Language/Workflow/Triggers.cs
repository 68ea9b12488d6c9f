using System.Collections.Immutable;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Language.Workflow;

/// <summary>What happened, as far as triggers look at it.</summary>
/// <param name="Name">The event, <c>push</c>.</param>
public sealed record TriggerEvent(string Name)
{
    /// <summary>The activity type; null when the event has none or it is not known, and then every type fits.</summary>
    public string? Action { get; init; }

    /// <summary>The full ref that was pushed.</summary>
    public string? Ref { get; init; }

    /// <summary>The branch that a pull request or merge group goes into, by its short name.</summary>
    public string? BaseRef { get; init; }

    /// <summary>The changed files; null when they are not known, and then every path filter passes.</summary>
    public ImmutableArray<string>? ChangedFiles { get; init; }

    /// <summary>The message of the head commit.</summary>
    public string? Message { get; init; }

    /// <summary>The name of the workflow that ran, for <c>workflow_run</c>.</summary>
    public string? Workflow { get; init; }

    /// <summary>The branch that workflow ran for.</summary>
    public string? HeadBranch { get; init; }

    /// <summary>The cron text that is due.</summary>
    public string? Schedule { get; init; }
}

/// <summary>Whether a run starts, and why or why not.</summary>
public sealed record TriggerDecision(bool Runs, string Reason);

/// <summary>Decides whether an event starts a workflow. docs.github.com, "Triggering a workflow" and "Events that trigger workflows".</summary>
public static class Triggers
{
    /// <summary>The most changed files that path filters consider.</summary>
    public const int MaxChangedFiles = 300;

    private static readonly ImmutableArray<string> SkipMarks = ["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]"];

    public static TriggerDecision Decide(ImmutableArray<Trigger> on, TriggerEvent happened)
    {
        // 1. The event is listened for at all.
        var trigger = on.FirstOrDefault(t => t.Event == happened.Name);
        if (trigger is null)
        {
            return No(on.IsEmpty ? "`on` names no event" : $"`on` does not name `{happened.Name}`, only {string.Join(", ", on.Select(t => $"`{t.Event}`").Distinct())}");
        }

        // 2. The commit does not ask to be skipped.
        if (happened.Name is "push" or "pull_request" && SkipMarks.FirstOrDefault(m => happened.Message?.Contains(m, StringComparison.OrdinalIgnoreCase) == true) is { } mark)
        {
            return No($"the commit message holds `{mark}`");
        }

        // 3. The activity type is one that fires.
        if (happened.Action is { } action && !Fires(trigger, action))
        {
            var types = trigger.Types.IsDefault ? OnSchema.DefaultTypes(trigger.Event) : trigger.Types;
            return No($"the activity type `{action}` is not among {string.Join(", ", types.Select(t => $"`{t}`"))}");
        }

        // 4. Branch or tag.
        if (RefuseRef(trigger, happened) is { } refused)
        {
            return No(refused);
        }

        // 5. Paths; tags are not held against them.
        var isTag = happened.Name == "push" && happened.Ref?.StartsWith("refs/tags/", StringComparison.Ordinal) == true;
        if (trigger.Paths is { } paths && !isTag && happened.ChangedFiles is { } files)
        {
            var considered = files.Length > MaxChangedFiles ? files[..MaxChangedFiles] : files;
            if (considered.IsEmpty || !paths.Passes(considered))
            {
                return No(considered.IsEmpty ? "no file changed" : $"no changed file passes the filter `{(paths.Ignores ? "paths-ignore" : "paths")}`");
            }
        }

        // 6. What some events ask besides.
        if (happened.Name == "workflow_run" && happened.Workflow is { } workflow && !trigger.Workflows.IsEmpty && !trigger.Workflows.Contains(workflow))
        {
            return No($"the workflow `{workflow}` is not among those listened for");
        }

        if (happened is { Name: "schedule", Schedule: { } cron } && trigger.Schedules.All(s => s.Cron != cron))
        {
            return No($"`on.schedule` has no `{cron}`");
        }

        return new TriggerDecision(Runs: true, $"`on` names `{happened.Name}`");
    }

    private static bool Fires(Trigger trigger, string action)
    {
        if (!trigger.Types.IsDefault)
        {
            return trigger.Types.Contains(action, StringComparer.Ordinal);
        }

        var defaults = OnSchema.DefaultTypes(trigger.Event);
        return defaults.IsEmpty || defaults.Contains(action, StringComparer.Ordinal);
    }

    private static string? RefuseRef(Trigger trigger, TriggerEvent happened)
    {
        if (happened.Name != "push")
        {
            var branch = happened.Name == "workflow_run" ? happened.HeadBranch : happened.BaseRef;
            return trigger.Branches is { } filter && branch is not null && !filter.Passes([Short(branch)]) ? Refused("branch", Short(branch), "branches", filter) : null;
        }

        if ((trigger.Branches is null && trigger.Tags is null) || happened.Ref is not { } pushed)
        {
            return null;
        }

        var isTag = pushed.StartsWith("refs/tags/", StringComparison.Ordinal);
        var name = Short(pushed);
        return (isTag ? trigger.Tags : trigger.Branches) switch
        {
            null when isTag => $"`on.push` filters branches only, and `{name}` is a tag",
            null => $"`on.push` filters tags only, and `{name}` is a branch",
            var filter when !filter.Passes([name]) => Refused(isTag ? "tag" : "branch", name, isTag ? "tags" : "branches", filter),
            _ => null,
        };
    }

    private static string Refused(string kind, string name, string key, PatternFilter filter) =>
        $"the {kind} `{name}` does not pass the filter `{(filter.Ignores ? key + "-ignore" : key)}`: {string.Join(", ", filter.Patterns.Select(p => $"`{p.Text}`"))}";

    private static string Short(string name) => name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name[11..]
        : name.StartsWith("refs/tags/", StringComparison.Ordinal) ? name[10..] : name;

    private static TriggerDecision No(string reason) => new(Runs: false, reason);
}
