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

    /// <summary>Another name or type: the new one is made first, the old one removed at the end.</summary>
    Replace,
    Delete,

    /// <summary>No longer in the template, but its <c>DeletionPolicy</c> keeps it.</summary>
    Forget,
}

/// <summary>One difference between a stack and a template.</summary>
/// <param name="Properties">The properties that differ, for updates.</param>
public sealed record Change(ChangeKind Kind, string LogicalId, string Type, string PhysicalId, ImmutableArray<string> Properties)
{
    internal Resource? After { get; init; }

    internal StackResource? Before { get; init; }
}

/// <summary>What a template would change: a pure function of the stack and the template.</summary>
public static class ChangeSet
{
    /// <summary>The changes in the order they are made: first what the template has, then what it no longer has, backwards.</summary>
    public static ImmutableArray<Change> Between(ImmutableArray<StackResource> stack, EvaluatedTemplate template)
    {
        var before = stack.ToDictionary(r => r.LogicalId, StringComparer.Ordinal);
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (var resource in template.Resources)
        {
            if (Of(before.GetValueOrDefault(resource.LogicalId), resource) is { } change)
            {
                changes.Add(change);
            }
        }

        var kept = template.Resources.Select(r => r.LogicalId).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in stack.Reverse().Where(r => !kept.Contains(r.LogicalId)))
        {
            changes.Add(new Change(gone.Retain ? ChangeKind.Forget : ChangeKind.Delete, gone.LogicalId, gone.Type, gone.PhysicalId, []) { Before = gone });
        }

        return changes.ToImmutable();
    }

    /// <summary>The stored properties as a tree.</summary>
    internal static MappingNode Parse(string properties) =>
        JsonReader.Read(new SourceText("stack", properties)).Root as MappingNode ?? throw new InvalidDataException("a stack's properties are an object");

    private static Change? Of(StackResource? before, Resource resource)
    {
        if (before is null)
        {
            return new Change(ChangeKind.Create, resource.LogicalId, resource.Type.Name, resource.PhysicalId, []) { After = resource };
        }

        if (before.PhysicalId != resource.PhysicalId || before.Type != resource.Type.Name)
        {
            return new Change(ChangeKind.Replace, resource.LogicalId, resource.Type.Name, resource.PhysicalId, []) { After = resource, Before = before };
        }

        var old = Parse(before.Properties);
        var differing = resource.Type.Properties.Where(name => old.Json(name) != resource.Properties.Json(name)).ToImmutableArray();
        return differing.IsEmpty && before.Retain == resource.Definition.RetainOnDelete
            ? null
            : new Change(ChangeKind.Update, resource.LogicalId, resource.Type.Name, resource.PhysicalId, differing) { After = resource, Before = before };
    }
}
