using System.Collections.Immutable;
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

    /// <summary>The stack name of a template file when none is given. CloudFormation allows letters, digits and hyphens.</summary>
    public static string NameOf(string file)
    {
        var stem = string.Concat(Path.GetFileNameWithoutExtension(file).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return stem.Length == 0 ? "keyless" : char.IsAsciiLetter(stem[0]) ? stem : "stack-" + stem;
    }
}

/// <summary>What was changed, or would be, the outputs, and every problem. With errors before the first call nothing was changed.</summary>
public sealed record StackResult(
    ImmutableArray<Change> Changes, ImmutableArray<KeyValuePair<string, string>> Outputs, ImmutableArray<Diagnostic> Diagnostics)
{
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
/// Applies CloudFormation templates to one account: 1 read, 2 evaluate, 3 check the policies in it, 4 compare with what the stack made
/// before, 5 make the calls. A refused call stops; what was done before it stays and is known, so that applying again goes on from there.
/// </summary>
public sealed class Stacks : IDisposable
{
    private readonly LocalApi _api;
    private readonly StackStore _store;
    private readonly TemplateEnvironment _environment;

    internal Stacks(LocalApi api, StackStore store, TemplateEnvironment environment) => (_api, _store, _environment) = (api, store, environment);

    public async Task<StackResult> Apply(StackRequest request, CancellationToken cancellation = default)
    {
        // 1
        var read = TemplateReader.Read(request.Template);
        if (read.Template is null || read.HasErrors)
        {
            return new StackResult([], [], read.Diagnostics);
        }

        // 2
        var template = TemplateEvaluator.Evaluate(read.Template, _environment with { StackName = request.StackName, Parameters = request.Parameters });
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        diagnostics.AddRange(read.Diagnostics);
        diagnostics.AddRange(template.Diagnostics);

        // 3: the API would refuse them too, but cannot say where in the template
        if (!template.HasErrors)
        {
            diagnostics.AddRange(TemplatePolicies.Of(template).SelectMany(Problems));
        }

        if (diagnostics.Any(d => d.Severity == Severity.Error))
        {
            return new StackResult([], [], diagnostics.ToImmutable());
        }

        // 4
        var changes = ChangeSet.Between(_store.Resources(request.StackName), template);
        var policies = TemplatePolicies.Of(template).SelectMany(policy => Owners(template, policy).Select(owner => (owner, policy))).ToImmutableArray();
        var websites = template.Resources.Where(r => r.Properties["WebsiteConfiguration"] is not null).Select(r => r.PhysicalId).ToImmutableArray();
        var buckets = template.Resources.Where(r => r.Type.Name == "AWS::S3::Bucket").Select(r => r.PhysicalId).ToImmutableArray();
        if (request.PlanOnly)
        {
            return new StackResult(changes, template.Outputs, diagnostics.ToImmutable()) { Websites = websites, Buckets = buckets, Policies = policies };
        }

        // 5
        var made = ImmutableArray.CreateBuilder<Change>();
        foreach (var step in Steps(changes))
        {
            if (await Make(request.StackName, step, cancellation) is { } refusal)
            {
                diagnostics.Add(Explain(request.Template, step, refusal));
                break;
            }

            made.Add(step);
        }

        return new StackResult(made.ToImmutable(), template.Outputs, diagnostics.ToImmutable()) { Websites = websites, Buckets = buckets, Policies = policies };
    }

    public void Dispose() => _store.Dispose();

    /// <summary>The changes as single steps: the old half of a replacement goes after everything that may have pointed to it.</summary>
    internal static IEnumerable<Change> Steps(ImmutableArray<Change> changes) =>
    [
        .. changes.Where(c => c.Kind is ChangeKind.Create or ChangeKind.Update or ChangeKind.Replace),
        .. changes.Where(c => c.Kind is ChangeKind.Replace && !c.Before!.Retain).Reverse()
            .Select(c => new Change(ChangeKind.Delete, c.LogicalId, c.Before!.Type, c.Before.PhysicalId, []) { Before = c.Before, After = c.After }),
        .. changes.Where(c => c.Kind is ChangeKind.Delete or ChangeKind.Forget),
    ];

    private async Task<ApiRefusal?> Make(string stack, Change step, CancellationToken cancellation)
    {
        foreach (var call in Calls(step))
        {
            if (await _api.Make(call, cancellation) is { } refusal)
            {
                return refusal;
            }
        }

        if (step.Kind is ChangeKind.Delete or ChangeKind.Forget)
        {
            // The old half of a replacement: its row is the new half's by now.
            if (step.After is null)
            {
                _store.Remove(stack, step.LogicalId);
            }
        }
        else
        {
            var after = step.After!;
            _store.Put(stack, new StackResource(
                after.LogicalId, after.Type.Name, after.PhysicalId, JsonText.Of(after.Properties), after.Definition.RetainOnDelete,
                step.Kind == ChangeKind.Update && step.Properties.Contains("PolicyDocument") ? step.Before!.Generation + 1 : step.Before?.Generation ?? 1));
        }

        return null;
    }

    internal static IEnumerable<ApiCall> Calls(Change step) => step.Kind switch
    {
        ChangeKind.Create or ChangeKind.Replace => ResourceCalls.ByType[step.Type].Create(step.PhysicalId, step.After!.Properties),
        ChangeKind.Update => ResourceCalls.ByType[step.Type].Update(
            step.PhysicalId, ChangeSet.Parse(step.Before!.Properties), step.After!.Properties, step.Before.Generation),
        ChangeKind.Delete => ResourceCalls.ByType[step.Type].Delete(step.PhysicalId, ChangeSet.Parse(step.Before!.Properties)),
        _ => [],
    };

    /// <summary>The ARNs under which decisions name a policy's owner: several for a policy that a template puts into several roles.</summary>
    private static IEnumerable<string> Owners(EvaluatedTemplate template, TemplatePolicy policy)
    {
        var resource = template.Resources.First(r => r.LogicalId == policy.LogicalId);
        var (names, kind) = resource.Type.Name switch
        {
            "AWS::IAM::Policy" => (resource.Properties.Texts("Roles"), "AWS::IAM::Role"),
            "AWS::IAM::RolePolicy" => (resource.Properties.Texts("RoleName"), "AWS::IAM::Role"),
            "AWS::IAM::UserPolicy" => (resource.Properties.Texts("UserName"), "AWS::IAM::User"),
            "AWS::S3::BucketPolicy" => ([resource.PhysicalId], "AWS::S3::Bucket"),
            _ => ([resource.PhysicalId], resource.Type.Name),
        };
        return names.SelectMany(name => template.Resources.Where(r => r.Type.Name == kind && r.PhysicalId == name)).Select(r => r.Arn).OfType<string>();
    }

    private static IEnumerable<Diagnostic> Problems(TemplatePolicy policy) =>
        PolicyParser.Parse(policy.Document, policy.Kind).Diagnostics.Where(d => d.Severity == Severity.Error);

    private static Diagnostic Explain(SourceText template, Change step, ApiRefusal refusal)
    {
        var verb = step.Kind switch { ChangeKind.Delete => "removing", ChangeKind.Update => "changing", _ => "creating" };
        var help = refusal.Code switch
        {
            "EntityAlreadyExists" or "BucketAlreadyExists" or "BucketAlreadyOwnedByYou" =>
                $"`{step.PhysicalId}` was made outside this stack: remove it, or give the resource another name",
            "BucketNotEmpty" => $"empty the bucket first: `aws s3 rm --recursive s3://{step.PhysicalId}`",
            "DeleteConflict" => "detach what was attached outside this stack first",
            _ => "mend the resource and apply again: what was done before stays done",
        };
        return Diagnostic.Error(
            "apply-refused",
            template,
            step.After?.Definition.LogicalId.Span ?? new SourceSpan(0, 0),
            $"{verb} `{step.LogicalId}` ({step.Type} `{step.PhysicalId}`): `{refusal.Operation}` answered {refusal.Code}: {refusal.Message}",
            help);
    }
}
