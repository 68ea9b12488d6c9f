using System.Collections.Immutable;
using System.Globalization;
using Keyless.Language.CloudFormation;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Parse;
using Keyless.Language.Tree;
using Keyless.Server.Audit;
using Keyless.Server.Storage;

namespace Keyless.Server.CloudFormation;

/// <summary>How a template is to be applied.</summary>
public sealed record StackRequest(string StackName, SourceText Template)
{
    public ImmutableDictionary<string, string> Parameters { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Only say what would change.</summary>
    public bool PlanOnly { get; init; }

    /// <summary>Told what will change, before anything does.</summary>
    public Action<ImmutableArray<Change>> OnPlan { get; init; } = _ => { };

    /// <summary>Told what happens, as it happens.</summary>
    public Action<StackEvent> OnEvent { get; init; } = _ => { };

    /// <summary>Whether CloudFormation would take it for a stack's name.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 128 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    /// <summary>The stack name of a template file when none is given. CloudFormation allows letters, digits and hyphens.</summary>
    public static string NameOf(string file)
    {
        var stem = string.Concat(Path.GetFileNameWithoutExtension(file).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return stem.Length == 0 ? "keyless" : char.IsAsciiLetter(stem[0]) ? stem : "stack-" + stem;
    }
}

/// <summary>What was to change, what happened, the outputs, and every problem.</summary>
/// <param name="Changes">The difference between the stack and the template. With errors before the first step it is empty.</param>
public sealed record StackResult(
    ImmutableArray<Change> Changes, ImmutableArray<KeyValuePair<string, string>> Outputs, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>CloudFormation's word for how the stack is now: <c>UPDATE_ROLLBACK_COMPLETE</c>; null when nothing was attempted.</summary>
    public string? Status { get; init; }

    public ImmutableArray<StackEvent> Events { get; init; } = [];

    public bool Failed => Diagnostics.Any(d => d.Severity == Severity.Error);

    /// <summary>The buckets of the template that have a website.</summary>
    public ImmutableArray<string> Websites { get; init; } = [];

    /// <summary>The names of all its buckets.</summary>
    public ImmutableArray<string> Buckets { get; init; } = [];

    /// <summary>Every policy of the template under the ARN of its owner.</summary>
    public ImmutableArray<(string Owner, TemplatePolicy Policy)> Policies { get; init; } = [];

    /// <summary>Where in the template a place of a stored policy is written, as <c>file:line:column</c>; null when it is not from there.</summary>
    public string? Locate(PolicyPlace place)
    {
        foreach (var (owner, policy) in Policies)
        {
            if (owner == place.Owner && policy.Name == place.Policy)
            {
                var found = JsonPointer.Find(policy.Document, place.Pointer);
                return $"{found.Source.Name}:{found.Source.PositionOf(found.Span.Start)}";
            }
        }

        return null;
    }
}

/// <summary>
/// Applies CloudFormation templates to one account: 1 undo what an interrupted apply left, 2 read, 3 evaluate, 4 check the policies in it,
/// 5 compare with what the stack made before and with how that is now, 6 create and change, 7 roll all of it back when a step is refused,
/// 8 delete what is gone from the template.
/// </summary>
public sealed class Stacks : IDisposable
{
    private readonly LocalApi _api;
    private readonly StackStore _store;
    private readonly TemplateEnvironment _environment;
    private readonly DataFolder _folder;

    internal Stacks(LocalApi api, StackStore store, TemplateEnvironment environment, DataFolder folder) =>
        (_api, _store, _environment, _folder) = (api, store, environment, folder);

    public async Task<StackResult> Apply(StackRequest request, CancellationToken cancellation = default)
    {
        if (request.PlanOnly)
        {
            return await Apply(request, _ => { }, cancellation);
        }

        using var only = _folder.LockStacks();
        if (only is null)
        {
            return new StackResult([], [], [Diagnostic.Error(
                "apply-busy", request.Template, new SourceSpan(0, 0), $"another apply is under way in `{_folder.Path}`", "wait for it to end, then apply again")]);
        }

        var events = ImmutableArray.CreateBuilder<StackEvent>();
        var result = await Apply(
            request,
            e =>
            {
                events.Add(e);
                request.OnEvent(e);
            },
            cancellation);
        return result with { Events = events.ToImmutable() };
    }

    public void Dispose() => _store.Dispose();

    private async Task<StackResult> Apply(StackRequest request, Action<StackEvent> report, CancellationToken cancellation)
    {
        var reality = new Reality(_api, cancellation);
        if (await reality.Unavailable() is { } unavailable)
        {
            return new StackResult([], [], [Unavailable(request.Template, unavailable)]);
        }

        // 1
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        var update = new StackUpdate(_api, _store, request.StackName, report);
        var interrupted = _store.Steps(request.StackName);
        if (!interrupted.IsEmpty)
        {
            var stuck = request.PlanOnly ? [] : await update.RollBack(CancellationToken.None);
            diagnostics.AddRange(stuck.Select(failure => Explain(request.Template, failure.Step, failure.Refusal)));
            diagnostics.Add(new Diagnostic(
                "apply-interrupted", Severity.Warning, request.Template, new SourceSpan(0, 0),
                $"an earlier apply of this stack was interrupted while it changed {Names(interrupted.Select(s => s.LogicalId))}")
            {
                Help = request.PlanOnly ? "the next apply first undoes what that one did"
                    : stuck.IsEmpty ? "what it had done was undone first"
                    : "what it had done could not be undone: see above, then apply again",
            });
            if (!stuck.IsEmpty)
            {
                return new StackResult([], [], diagnostics.ToImmutable()) { Status = "UPDATE_ROLLBACK_FAILED" };
            }
        }

        // 2
        var read = TemplateReader.Read(request.Template);
        diagnostics.AddRange(read.Diagnostics);
        if (read.Template is null || (read.HasErrors && !read.IsWhole))
        {
            return new StackResult([], [], diagnostics.ToImmutable());
        }

        // 3
        var stack = _store.Resources(request.StackName);
        var removals = _store.Removals(request.StackName);
        var template = TemplateEvaluator.Evaluate(read.Template, _environment with
        {
            StackName = request.StackName,
            Parameters = request.Parameters,
            Existing = stack.ToImmutableDictionary(r => r.LogicalId, r => new ExistingResource(r.Type, r.PhysicalId, ChangeSet.Parse(r.Properties))),
        });
        diagnostics.AddRange(template.Diagnostics);

        // 4: the API would refuse them too, but cannot say where in the template
        if (!template.HasErrors)
        {
            diagnostics.AddRange(TemplatePolicies.Of(template).SelectMany(Problems));
            diagnostics.AddRange(OtherTypes(stack, template));
        }

        if (diagnostics.Any(d => d.Severity == Severity.Error))
        {
            return new StackResult([], [], diagnostics.ToImmutable());
        }

        // 5
        var changes = ChangeSet.Between(stack, removals, await Drifts(reality, stack), template);
        diagnostics.AddRange(await Taken(reality, changes, interrupted));
        var result = new StackResult(changes, template.Outputs, diagnostics.ToImmutable())
        {
            Websites = [.. template.Resources.Where(r => r.Properties["WebsiteConfiguration"] is not null).Select(r => r.PhysicalId)],
            Buckets = [.. template.Resources.Where(r => r.Type.Name == "AWS::S3::Bucket").Select(r => r.PhysicalId)],
            Policies = [.. TemplatePolicies.Of(template).SelectMany(policy => Owners(template, policy).Select(owner => (owner, policy)))],
        };
        request.OnPlan(changes);
        if (request.PlanOnly || result.Failed)
        {
            return result;
        }

        // 6
        var existed = !stack.IsEmpty;
        var verb = existed ? "UPDATE" : "CREATE";
        if (await Make(update, request, changes, cancellation) is { } failure)
        {
            // 7
            var begun = _store.Steps(request.StackName);
            var stuck = await update.RollBack(CancellationToken.None);
            var undone = begun.Except(stuck.Select(s => s.Step)).ToList();
            diagnostics.Add(failure with
            {
                Help = failure.Help + (begun.IsEmpty ? "; nothing had been changed" : undone.Count == 0 ? "" : $"; rolled back: {Names(undone.Select(s => s.LogicalId))}"),
            });
            diagnostics.AddRange(stuck.Select(s => Explain(request.Template, s.Step, s.Refusal)));
            return result with
            {
                Diagnostics = diagnostics.ToImmutable(),
                Status = $"{(existed ? "UPDATE_" : "")}ROLLBACK_{(stuck.IsEmpty ? "COMPLETE" : "FAILED")}",
            };
        }

        update.Commit(changes, template);

        // 8: not to be cancelled, the stack is what the template says
        var left = await update.CleanUp(CancellationToken.None);
        diagnostics.AddRange(left.Select(l => Explain(request.Template, l.Removal, l.Refusal)));
        return result with
        {
            Diagnostics = diagnostics.ToImmutable(),
            Status = template.Resources.IsEmpty ? (left.IsEmpty ? "DELETE_COMPLETE" : "DELETE_FAILED") : verb + "_COMPLETE",
        };
    }

    private Diagnostic Unavailable(SourceText template, ApiAnswer answer) => answer.Status == 0
        ? Diagnostic.Error(
            "apply-no-server", template, new SourceSpan(0, 0), $"the server of `{_folder.Path}` does not answer: {answer.Body}",
            "start it again, or stop it: without one, `apply` works on the folder itself")
        : Diagnostic.Error(
            "apply-credentials", template, new SourceSpan(0, 0),
            $"the server of `{_folder.Path}` does not take the root credentials: {answer.Xml.Text("Code") ?? answer.Status.ToString(CultureInfo.InvariantCulture)}: {answer.Xml.Text("Message")}",
            "set `KEYLESS_ROOT_ACCESS_KEY_ID` and `KEYLESS_ROOT_SECRET_ACCESS_KEY` to those it was started with");

    /// <summary>Makes every step; the problem with the one that was not made.</summary>
    private static async Task<Diagnostic?> Make(StackUpdate update, StackRequest request, ImmutableArray<Change> changes, CancellationToken cancellation)
    {
        try
        {
            return await update.Make(changes, cancellation) is var (step, refusal) ? Explain(request.Template, step, refusal) : null;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Diagnostic.Error("apply-cancelled", request.Template, new SourceSpan(0, 0), "the apply was cancelled", "apply again when you want to");
        }
    }

    private static async Task<Dictionary<string, Drift>> Drifts(Reality reality, ImmutableArray<StackResource> stack)
    {
        var drifts = new Dictionary<string, Drift>(StringComparer.Ordinal);
        foreach (var resource in stack)
        {
            drifts[resource.LogicalId] = await ResourceCalls.ByType[resource.Type].Inspect(reality, resource.PhysicalId, ChangeSet.Parse(resource.Properties));
        }

        return drifts;
    }

    /// <summary>What is to be made and is there already, made by somebody else: told before anything changes.</summary>
    /// <param name="interrupted">What a plan finds of an interrupted apply is the stack's own.</param>
    private static async Task<ImmutableArray<Diagnostic>> Taken(Reality reality, ImmutableArray<Change> changes, ImmutableArray<StackStep> interrupted)
    {
        var found = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var change in changes.Where(c => c.Kind is ChangeKind.Create or ChangeKind.Replace && c.Leftover is null && !c.WasGone))
        {
            if (!interrupted.Any(s => s.Type == change.Type && s.PhysicalId == change.PhysicalId)
                && await ResourceCalls.ByType[change.Type].IsTaken(reality, change.PhysicalId, change.After!.Properties))
            {
                var place = change.After!.Definition.LogicalId;
                found.Add(Diagnostic.Error(
                    "apply-exists", place.Source, place.Span,
                    $"`{change.LogicalId}` cannot be created: the {change.Type} `{change.PhysicalId}` exists already, and this stack did not make it",
                    "remove it, or give the resource another name; another stack may own it"));
            }
        }

        return found.ToImmutable();
    }

    private static IEnumerable<Diagnostic> OtherTypes(ImmutableArray<StackResource> stack, EvaluatedTemplate template) =>
        from resource in template.Resources
        join before in stack on resource.LogicalId equals before.LogicalId
        where before.Type != resource.Type.Name
        let type = resource.Definition.Type
        select Diagnostic.Error(
            "apply-type-changed", type.Source, type.Span,
            $"`{resource.LogicalId}` is an {before.Type} in this stack and cannot become an {resource.Type.Name}",
            "give the new resource another logical id");

    /// <summary>The ARNs under which decisions name a policy's owner: several for a policy that a template puts into several roles.</summary>
    private static IEnumerable<string> Owners(EvaluatedTemplate template, TemplatePolicy policy)
    {
        var resource = template.Resources.First(r => r.LogicalId == policy.LogicalId);
        var (names, kind) = resource.Type.Name switch
        {
            "AWS::IAM::Policy" => (resource.Properties.Texts("Roles"), "AWS::IAM::Role"),
            "AWS::IAM::RolePolicy" => (resource.Properties.Texts("RoleName"), "AWS::IAM::Role"),
            "AWS::IAM::UserPolicy" => (resource.Properties.Texts("UserName"), "AWS::IAM::User"),
            "AWS::IAM::GroupPolicy" => (resource.Properties.Texts("GroupName"), "AWS::IAM::Group"),
            "AWS::S3::BucketPolicy" => ([resource.PhysicalId], "AWS::S3::Bucket"),
            _ => ([resource.PhysicalId], resource.Type.Name),
        };
        return names.SelectMany(name => template.Resources.Where(r => r.Type.Name == kind && r.PhysicalId == name)).Select(r => r.Arn).OfType<string>();
    }

    private static IEnumerable<Diagnostic> Problems(TemplatePolicy policy) =>
        PolicyParser.Parse(policy.Document, policy.Kind).Diagnostics.Where(d => d.Severity == Severity.Error);

    private static Diagnostic Explain(SourceText template, Change step, ApiRefusal refusal)
    {
        var verb = step.Kind switch { ChangeKind.Update => "changing", ChangeKind.Replace => "replacing", _ => "creating" };
        var help = refusal.Code switch
        {
            ApiRefusal.NoAnswer => "start the server again and apply again: that undoes this apply first",
            "EntityAlreadyExists" or "BucketAlreadyExists" or "BucketAlreadyOwnedByYou" =>
                $"`{step.PhysicalId}` was made outside this stack: remove it, or give the resource another name",
            "LimitExceeded" => "remove what is no longer needed, or put less into this resource",
            _ => "mend the resource, then apply again",
        };
        return Explain("apply-refused", template, step.After?.Definition.LogicalId.Span ?? default, $"{verb} `{step.LogicalId}` ({step.Type} `{step.PhysicalId}`)", refusal, help);
    }

    private static Diagnostic Explain(SourceText template, StackStep step, ApiRefusal refusal) => Explain(
        "apply-rollback-refused", template, default, $"rolling back `{step.LogicalId}` ({step.Type} `{step.PhysicalId}`)", refusal,
        Remedy(refusal, step.PhysicalId) + ", then apply again: that tries to roll back first");

    private static Diagnostic Explain(SourceText template, StackRemoval removal, ApiRefusal refusal) => Explain(
        "apply-delete-refused", template, default, $"the stack is changed, but deleting `{removal.LogicalId}` ({removal.Type} `{removal.PhysicalId}`) was refused", refusal,
        Remedy(refusal, removal.PhysicalId) + ", then apply again: it is still to be deleted");

    private static Diagnostic Explain(string id, SourceText template, SourceSpan span, string what, ApiRefusal refusal, string help) =>
        Diagnostic.Error(
            id, template, span,
            refusal.Code == ApiRefusal.NoAnswer
                ? $"{what}: the server does not answer `{refusal.Operation}`: {refusal.Message}"
                : $"{what}: `{refusal.Operation}` answered {refusal.Code}: {refusal.Message}{(refusal.Cause is null || refusal.Cause == refusal.Message ? "" : $" ({refusal.Cause})")}",
            help) with
        {
            More = refusal.RequestId is null ? null : $"keyless explain {refusal.RequestId}",
        };

    private static string Remedy(ApiRefusal refusal, string physicalId) => refusal.Code switch
    {
        ApiRefusal.NoAnswer => "start the server again",
        "BucketNotEmpty" => $"empty the bucket: `aws s3 rm --recursive s3://{physicalId}`",
        "DeleteConflict" => "detach or remove what was put to it outside this stack",
        _ => "mend that",
    };

    private static string Names(IEnumerable<string> logicalIds) => string.Join(", ", logicalIds.Select(id => $"`{id}`"));
}
