using System.Collections.Immutable;
using Keyless.Language.CloudFormation;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Server.Storage;

namespace Keyless.Server.CloudFormation;

public enum ChangeKind
{
    Create,
    Update,

    /// <summary>A property that cannot be changed differs: a new one is made, and the old one deleted when all else is done.</summary>
    Replace,
    Delete,

    /// <summary>No longer in the template, but its <c>DeletionPolicy</c> keeps it.</summary>
    Forget,
}

/// <summary>A value that differs, at its place below a property: <c>Policies[0].PolicyDocument.Statement[0].Action</c>.</summary>
/// <param name="Before">JSON; null when there was none.</param>
/// <param name="After">JSON; null when there is none.</param>
public sealed record ValueChange(string Path, string? Before, string? After);

/// <summary>One difference between a stack and a template.</summary>
/// <param name="Properties">The properties that differ, for updates and replacements.</param>
public sealed record Change(ChangeKind Kind, string LogicalId, string Type, string PhysicalId, ImmutableArray<string> Properties)
{
    /// <summary>Those of the properties whose change makes a new resource.</summary>
    public ImmutableArray<string> Replacing { get; init; } = [];

    /// <summary>The one that is replaced.</summary>
    public string? ReplacedId { get; init; }

    /// <summary>The properties that somebody changed behind the stack's back.</summary>
    public ImmutableArray<string> Drifted { get; init; } = [];

    /// <summary>Whether somebody deleted it behind the stack's back: it is made again.</summary>
    public bool WasGone { get; init; }

    /// <summary>Each value that differs between the stack and the template.</summary>
    public ImmutableArray<ValueChange> Values { get; init; } = [];

    internal Resource? After { get; init; }

    internal StackResource? Before { get; init; }

    /// <summary>The very thing that is to be made, left from an update that could not delete it.</summary>
    internal StackRemoval? Leftover { get; init; }

    /// <summary>The properties it has when the change begins, JSON; null when it is created.</summary>
    internal string? From => Leftover?.Properties ?? (Kind == ChangeKind.Update ? Before!.Properties : null);
}

/// <summary>What a template would change: a pure function of the stack, of what became of it, and of the template.</summary>
internal static class ChangeSet
{
    /// <summary>The changes in the order they are made: first what the template has, then what it no longer has, backwards.</summary>
    /// <param name="drift">By logical id, for the resources of the stack that are not as it made them.</param>
    public static ImmutableArray<Change> Between(
        ImmutableArray<StackResource> stack, ImmutableArray<StackRemoval> removals, IReadOnlyDictionary<string, Drift> drift, EvaluatedTemplate template)
    {
        var before = stack.ToDictionary(r => r.LogicalId, StringComparer.Ordinal);
        var leftovers = removals.ToDictionary(r => (r.Type, r.PhysicalId));
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (var resource in template.Resources)
        {
            var id = resource.LogicalId;
            if (Of(before.GetValueOrDefault(id), leftovers.GetValueOrDefault((resource.Type.Name, resource.PhysicalId)), drift.GetValueOrDefault(id, Drift.None), resource) is { } change)
            {
                changes.Add(change);
            }
        }

        var kept = template.Resources.Select(r => r.LogicalId).ToHashSet(StringComparer.Ordinal);
        var wanted = template.Resources.Select(r => (r.Type.Name, r.PhysicalId)).ToHashSet();
        foreach (var gone in stack.Reverse().Where(r => !kept.Contains(r.LogicalId)))
        {
            changes.Add(new Change(gone.Retain ? ChangeKind.Forget : ChangeKind.Delete, gone.LogicalId, gone.Type, gone.PhysicalId, []) { Before = gone });
        }

        foreach (var left in removals.Where(r => !wanted.Contains((r.Type, r.PhysicalId))))
        {
            changes.Add(new Change(ChangeKind.Delete, left.LogicalId, left.Type, left.PhysicalId, []) { Leftover = left });
        }

        return changes.ToImmutable();
    }

    /// <summary>The stored properties as a tree.</summary>
    internal static MappingNode Parse(string properties) =>
        JsonReader.Read(new SourceText("stack", properties)).Root as MappingNode ?? throw new InvalidDataException("a stack's properties are an object");

    private static Change? Of(StackResource? before, StackRemoval? leftover, Drift drift, Resource resource)
    {
        var change = new Change(ChangeKind.Create, resource.LogicalId, resource.Type.Name, resource.PhysicalId, []) { After = resource, Leftover = leftover };
        if (before is null)
        {
            return change;
        }

        var old = Parse(before.Properties);
        var names = resource.Type.Properties.Where(p => !p.Ignored).Select(p => p.Name).ToList();
        var differing = names.Where(name => old.Json(name) != resource.Properties.Json(name)).ToImmutableArray();
        change = change with
        {
            Before = before,
            Properties = differing,
            Values = [.. differing.SelectMany(name => Values(name, old[name], resource.Properties[name]))],
        };
        if (!resource.Replacing.IsEmpty)
        {
            return change with { Kind = ChangeKind.Replace, Replacing = resource.Replacing, ReplacedId = before.PhysicalId };
        }

        if (drift.Gone)
        {
            return change with { WasGone = true };
        }

        var drifted = drift.Properties.Where(name => resource.Properties[name] is not null).ToImmutableArray();
        return differing.IsEmpty && drifted.IsEmpty ? null : change with
        {
            Kind = ChangeKind.Update,
            Properties = [.. differing.Union(drifted)],
            Drifted = drifted,
        };
    }

    /// <summary>The values that differ, down to the smallest.</summary>
    private static IEnumerable<ValueChange> Values(string path, Node? before, Node? after) => (before, after) switch
    {
        (MappingNode old, MappingNode now) => old.Members.Select(m => m.Name).Union(now.Members.Select(m => m.Name), StringComparer.Ordinal)
            .SelectMany(name => Values(path + Step(name), old[name], now[name])),
        (SequenceNode old, SequenceNode now) => Enumerable.Range(0, Math.Max(old.Items.Length, now.Items.Length))
            .SelectMany(i => Values($"{path}[{i}]", old.Items.ElementAtOrDefault(i), now.Items.ElementAtOrDefault(i))),
        _ when Json(before) == Json(after) => [],
        _ => [new ValueChange(path, Json(before), Json(after))],
    };

    private static string Step(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? "." + name : $"[\"{name}\"]";

    private static string? Json(Node? node) => node is null ? null : JsonText.Of(node);
}
