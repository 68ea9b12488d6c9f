using System.Collections.Immutable;
using Keyless.Language.CloudFormation;
using Keyless.Language.Tree;
using Keyless.Server.Storage;

namespace Keyless.Server.CloudFormation;

/// <summary>Something that happened to a resource, as CloudFormation's stack events tell it.</summary>
/// <param name="Status"><c>CREATE_COMPLETE</c>, <c>UPDATE_FAILED</c>, <c>DELETE_SKIPPED</c>, ...</param>
/// <param name="Reason">Why it failed, or was skipped.</param>
public sealed record StackEvent(string LogicalId, string Type, string PhysicalId, string Status, string? Reason = null)
{
    /// <summary>Whether it happened while an update was undone.</summary>
    public bool RollingBack { get; init; }
}

/// <summary>
/// One update of one stack. Each step is written down before it is made, and all of them become the stack's new state at once; until then
/// the stack's state is the one from before, and what was written down can be undone, by this process or, after a crash, by the next.
/// Deletions come after that point: when one is refused, it stays written down.
/// </summary>
internal sealed class StackUpdate(LocalApi api, StackStore store, string stack, Action<StackEvent> report)
{
    /// <summary>Creates, changes and replaces. Null when all succeeded; else the step that was refused, and nothing is committed.</summary>
    public async Task<(Change Step, ApiRefusal Refusal)?> Make(ImmutableArray<Change> changes, CancellationToken cancellation)
    {
        var position = 0;
        foreach (var change in changes.Where(c => c.After is not null))
        {
            cancellation.ThrowIfCancellationRequested();
            var after = change.After!;
            var step = new StackStep(
                ++position, change.LogicalId, change.Type, change.PhysicalId, JsonText.Of(after.Properties), change.From,
                Keep: after.Definition.DeletionPolicy == DeletionPolicy.Retain);
            store.Begin(stack, step);
            var verb = change.Kind == ChangeKind.Create ? "CREATE" : "UPDATE";
            var made = 0;
            foreach (var call in Calls(change))
            {
                if (await api.Make(call, cancellation) is { } refusal)
                {
                    // The first call makes the thing: refused, there is nothing to undo, and what has that name is not ours.
                    if (made == 0 && step.Before is null && refusal.Status != 0)
                    {
                        store.Undone(stack, step);
                    }

                    report(new StackEvent(change.LogicalId, change.Type, change.PhysicalId, verb + "_FAILED", $"{refusal.Operation}: {refusal.Code}: {refusal.Message}"));
                    return (change, refusal);
                }

                made++;
            }

            report(new StackEvent(change.LogicalId, change.Type, change.PhysicalId, verb + "_COMPLETE"));
        }

        return null;
    }

    /// <summary>The stack is what the template says; what it had before is to be deleted.</summary>
    public void Commit(ImmutableArray<Change> changes, EvaluatedTemplate template)
    {
        var replaced = changes.Where(c => c.Kind == ChangeKind.Replace && !c.After!.Definition.RetainOnReplace).Reverse().Select(c => c.Before!);
        var removed = changes.Where(c => c.Kind == ChangeKind.Delete && c.Before is not null).Select(c => c.Before!);
        store.Commit(
            stack,
            template.Resources.Select(r => new StackResource(
                r.LogicalId, r.Type.Name, r.PhysicalId, JsonText.Of(r.Properties), r.Definition.DeletionPolicy != DeletionPolicy.Delete)),
            replaced.Concat(removed).Select(r => new StackRemoval(r.LogicalId, r.Type, r.PhysicalId, r.Properties)));
        foreach (var kept in changes.Where(c => c.Kind == ChangeKind.Forget))
        {
            report(new StackEvent(kept.LogicalId, kept.Type, kept.PhysicalId, "DELETE_SKIPPED", "DeletionPolicy keeps it"));
        }

        foreach (var kept in changes.Where(c => c.Kind == ChangeKind.Replace && c.After!.Definition.RetainOnReplace))
        {
            report(new StackEvent(kept.LogicalId, kept.Before!.Type, kept.Before.PhysicalId, "DELETE_SKIPPED", "UpdateReplacePolicy keeps it"));
        }
    }

    /// <summary>Deletes what the stack no longer has. What is refused stays written down, for the next update to try again.</summary>
    public async Task<ImmutableArray<(StackRemoval Removal, ApiRefusal Refusal)>> CleanUp(CancellationToken cancellation)
    {
        var refused = ImmutableArray.CreateBuilder<(StackRemoval, ApiRefusal)>();
        foreach (var removal in store.Removals(stack))
        {
            if (await Make(ResourceCalls.ByType[removal.Type].Delete(removal.PhysicalId, ChangeSet.Parse(removal.Properties)), cancellation) is { } refusal)
            {
                report(new StackEvent(removal.LogicalId, removal.Type, removal.PhysicalId, "DELETE_FAILED", $"{refusal.Operation}: {refusal.Code}: {refusal.Message}"));
                refused.Add((removal, refusal));
            }
            else
            {
                store.Removed(stack, removal);
                report(new StackEvent(removal.LogicalId, removal.Type, removal.PhysicalId, "DELETE_COMPLETE"));
            }
        }

        return refused.ToImmutable();
    }

    /// <summary>Undoes the steps that are written down, the last one first. What is refused stays written down.</summary>
    public async Task<ImmutableArray<(StackStep Step, ApiRefusal Refusal)>> RollBack(CancellationToken cancellation)
    {
        var refused = ImmutableArray.CreateBuilder<(StackStep, ApiRefusal)>();
        foreach (var step in store.Steps(stack).Reverse())
        {
            var refusal = await Undo(step, cancellation);
            var created = step.Before is null;
            if (refusal is not null)
            {
                refused.Add((step, refusal));
            }
            else
            {
                store.Undone(stack, step);
            }

            report(new StackEvent(
                step.LogicalId, step.Type, step.PhysicalId,
                created && step.Keep ? "DELETE_SKIPPED" : (created ? "DELETE" : "UPDATE") + (refusal is null ? "_COMPLETE" : "_FAILED"),
                refusal is not null ? $"{refusal.Operation}: {refusal.Code}: {refusal.Message}"
                : created && step.Keep ? "DeletionPolicy keeps it, also now; `RetainExceptOnCreate` would not" : null)
            {
                RollingBack = true,
            });
        }

        return refused.ToImmutable();
    }

    /// <summary>The calls of a change that creates, updates or replaces.</summary>
    internal static IEnumerable<ApiCall> Calls(Change change)
    {
        var type = ResourceCalls.ByType[change.Type];
        var after = change.After!.Properties;
        return change.From is null
            ? type.Create(change.PhysicalId, after)
            : type.Update(change.PhysicalId, Without(ChangeSet.Parse(change.From), change.Drifted), after);
    }

    /// <summary>What drifted counts as never set, so that it is set again.</summary>
    private static MappingNode Without(MappingNode properties, ImmutableArray<string> drifted) =>
        properties with { Members = [.. properties.Members.Where(m => !drifted.Contains(m.Name))] };

    private async Task<ApiRefusal?> Undo(StackStep step, CancellationToken cancellation)
    {
        var type = ResourceCalls.ByType[step.Type];
        var made = ChangeSet.Parse(step.Properties);
        if (step.Before is null)
        {
            return step.Keep ? null : await Make(type.Delete(step.PhysicalId, made), cancellation);
        }

        // How far the step came is not known after a crash, so all of it is undone; and if somebody deleted the thing meanwhile, it is made again.
        var before = ChangeSet.Parse(step.Before);
        var gone = (await type.Inspect(new Reality(api, cancellation), step.PhysicalId, before)).Gone;
        return await Make(gone ? type.Create(step.PhysicalId, before) : type.Update(step.PhysicalId, made, before), cancellation);
    }

    private async Task<ApiRefusal?> Make(IEnumerable<ApiCall> calls, CancellationToken cancellation)
    {
        foreach (var call in calls)
        {
            if (await api.Make(call, cancellation) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
