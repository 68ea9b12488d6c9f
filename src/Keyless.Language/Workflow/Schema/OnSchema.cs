using System.Collections.Immutable;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow.Schema;

/// <summary>What <c>on</c> may hold: every event with its activity types and filters. docs.github.com, "Events that trigger workflows".</summary>
public static class OnSchema
{
    private static readonly Definition NonEmptyText = new("a text that is not empty") { Text = true, NonEmpty = true };
    private static readonly Definition PlainText = new("a text") { Text = true };
    private static readonly Definition PlainBoolean = new("`true` or `false`") { Boolean = true };
    private static readonly Definition Patterns = new("a pattern or a list of patterns") { Text = true, NonEmpty = true, Items = NonEmptyText };

    private static readonly string[] Branches = ["branches", "branches-ignore"];
    private static readonly string[] Tags = ["tags", "tags-ignore"];
    private static readonly string[] Paths = ["paths", "paths-ignore"];

    /// <summary>Event by event: the activity types (null: it has none; empty: any word), and the filters.</summary>
    public static readonly ImmutableArray<EventDefinition> Events =
    [
        new("branch_protection_rule", ["created", "edited", "deleted"]),
        new("check_run", ["created", "rerequested", "completed", "requested_action"]),
        new("check_suite", ["completed", "requested", "rerequested"]),
        new("create"),
        new("delete"),
        new("deployment"),
        new("deployment_status"),
        new("discussion", ["created", "edited", "deleted", "transferred", "pinned", "unpinned", "labeled", "unlabeled", "locked", "unlocked", "category_changed", "answered", "unanswered"]),
        new("discussion_comment", ["created", "edited", "deleted"]),
        new("fork"),
        new("gollum"),
        new("image_version", [], filters: ["names", "versions"]),
        new("issue_comment", ["created", "edited", "deleted"]),
        new("issues", ["opened", "edited", "deleted", "transferred", "pinned", "unpinned", "closed", "reopened", "assigned", "unassigned", "labeled", "unlabeled", "locked", "unlocked", "milestoned", "demilestoned", "typed", "untyped"]),
        new("label", ["created", "edited", "deleted"]),
        new("merge_group", ["checks_requested"], filters: Branches),
        new("milestone", ["created", "closed", "opened", "edited", "deleted"]),
        new("page_build"),
        new("project", ["created", "updated", "closed", "reopened", "edited", "deleted"]),
        new("project_card", ["created", "moved", "converted", "edited", "deleted"]),
        new("project_column", ["created", "updated", "moved", "deleted"]),
        new("public"),
        new("pull_request", PullRequestTypes, filters: [.. Branches, .. Paths]),
        new("pull_request_comment", ["created", "edited", "deleted"]),
        new("pull_request_review", ["submitted", "edited", "dismissed"]),
        new("pull_request_review_comment", ["created", "edited", "deleted"]),
        new("pull_request_target", PullRequestTypes, filters: [.. Branches, .. Paths]),
        new("push", filters: [.. Branches, .. Tags, .. Paths]),
        new("registry_package", ["published", "updated"]),
        new("release", ["published", "unpublished", "created", "edited", "deleted", "prereleased", "released"]),
        new("repository_dispatch", []),
        new("schedule"),
        new("status"),
        new("watch", ["started"]),
        new("workflow_call"),
        new("workflow_dispatch"),
        new("workflow_run", ["requested", "completed", "in_progress"], filters: [.. Branches, "workflows"]),
    ];

    /// <summary>The types that fire without a <c>types</c> key; for every other event all of its types do.</summary>
    public static ImmutableArray<string> DefaultTypes(string eventName) => eventName switch
    {
        "pull_request" or "pull_request_target" => ["opened", "synchronize", "reopened"],
        _ => [],
    };

    private static string[] PullRequestTypes =>
    [
        "assigned", "unassigned", "labeled", "unlabeled", "opened", "edited", "closed", "reopened", "synchronize", "converted_to_draft", "locked", "unlocked",
        "enqueued", "dequeued", "milestoned", "demilestoned", "ready_for_review", "review_requested", "review_request_removed", "auto_merge_enabled", "auto_merge_disabled",
    ];

    private static readonly ImmutableArray<string> Names = [.. Events.Select(e => e.Name)];

    private static readonly Definition InputMap = new("`inputs`")
    {
        Null = true,
        Shapes = [new([], NonEmptyText, new Definition("an input")
        {
            Null = true,
            Shapes = [new([
                new("description", PlainText),
                new("type", new Definition("an input's type") { Text = true, Words = ["string", "boolean", "number", "choice", "environment"] }),
                new("required", PlainBoolean),
                new("default", new Definition("a text, number or boolean") { Text = true, Number = true, Boolean = true }),
                new("options", new Definition("a list of texts") { Items = NonEmptyText }),
                new("deprecationMessage", PlainText),
            ])],
        })],
    };

    private static readonly Definition Call = new("`workflow_call`")
    {
        Null = true,
        Shapes = [new([
            new("inputs", new Definition("`inputs`") { Null = true, Shapes = [new([], NonEmptyText, new Definition("an input")
            {
                Shapes = [new([
                    new("type", new Definition("an input's type") { Text = true, Words = ["string", "boolean", "number"] }, Required: true),
                    new("description", PlainText),
                    new("required", PlainBoolean),
                    new("default", new Definition("a text, number or boolean") { Text = true, Number = true, Boolean = true, Scope = Scope.Of("github", "inputs", "vars") }),
                ])],
            })] }),
            new("secrets", new Definition("`secrets`") { Null = true, Shapes = [new([], NonEmptyText, new Definition("a secret")
            {
                Null = true,
                Shapes = [new([new("description", PlainText), new("required", PlainBoolean)])],
            })] }),
            new("outputs", new Definition("`outputs`") { Null = true, Shapes = [new([], NonEmptyText, new Definition("an output")
            {
                Shapes = [new([
                    new("description", PlainText),
                    new("value", new Definition("`value`") { Text = true, Scope = Scope.Of("github", "jobs", "inputs", "vars") }, Required: true),
                ])],
            })] }),
        ])],
    };

    private static readonly Definition Schedule = new("`schedule`")
    {
        Items = new Definition("a time") { Shapes = [new([new("cron", NonEmptyText, Required: true), new("timezone", NonEmptyText)])] },
    };

    public static readonly Definition On = new("`on`")
    {
        Text = true,
        NonEmpty = true,
        Words = Names,
        Items = new Definition("an event") { Text = true, NonEmpty = true, Words = Names },
        Shapes = [new([.. Events.Select(e => new Property(e.Name, Options(e)))])],
    };

    private static Definition Options(EventDefinition e)
    {
        var name = $"the event `{e.Name}`";
        switch (e.Name)
        {
            case "workflow_call":
                return Call;
            case "workflow_dispatch":
                return new Definition(name) { Null = true, Shapes = [new([new("inputs", InputMap)])] };
            case "schedule":
                return Schedule;
        }

        var properties = new List<Property>();
        if (!e.Types.IsDefault)
        {
            var type = new Definition(e.Types.IsEmpty ? "an activity type" : $"an activity type of `{e.Name}`") { Text = true, NonEmpty = true, Words = e.Types };
            properties.Add(new("types", new Definition(type.Name) { Text = true, NonEmpty = true, Words = e.Types, Items = type }));
        }

        properties.AddRange(e.Filters.Select(f => new Property(f, Patterns)));
        return new Definition(name) { Null = true, Shapes = [new([.. properties])] };
    }
}

/// <summary>An event that can start a run.</summary>
public sealed class EventDefinition(string name, string[]? types = null, string[]? filters = null)
{
    public string Name { get; } = name;

    /// <summary>Default: the event has no activity types. Empty: any word is one.</summary>
    public ImmutableArray<string> Types { get; } = types is null ? default : [.. types];

    public ImmutableArray<string> Filters { get; } = [.. filters ?? []];
}
