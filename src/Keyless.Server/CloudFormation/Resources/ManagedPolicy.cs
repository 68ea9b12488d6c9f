using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary><c>AWS::IAM::ManagedPolicy</c>; its physical id is its ARN. A change makes a new default version and drops the others, of which there may be four.</summary>
internal sealed class ManagedPolicy : ResourceCalls
{
    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) =>
    [
        ApiCall.Iam("CreatePolicy")
            .With("PolicyName", physicalId[(physicalId.LastIndexOf('/') + 1)..])
            .With("Path", properties.Text("Path"))
            .With("Description", properties.Text("Description"))
            .With("PolicyDocument", properties.Json("PolicyDocument"))
            .Call(),
        .. Holders(properties).Select(holder => Attach(holder, physicalId)),
    ];

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after)
    {
        if (before.Json("PolicyDocument") != after.Json("PolicyDocument"))
        {
            yield return DropOldVersions(physicalId);
            yield return ApiCall.Iam("CreatePolicyVersion").With("PolicyArn", physicalId).With("PolicyDocument", after.Json("PolicyDocument")).With("SetAsDefault", "true").Call();
            yield return DropOldVersions(physicalId);
        }

        foreach (var holder in Holders(after).Except(Holders(before)))
        {
            yield return Attach(holder, physicalId);
        }

        foreach (var holder in Holders(before).Except(Holders(after)))
        {
            yield return Detach(holder, physicalId);
        }
    }

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) =>
    [
        .. Holders(properties).Select(holder => Detach(holder, physicalId)),
        DropOldVersions(physicalId),
        ApiCall.Iam("DeletePolicy").With("PolicyArn", physicalId).Removal(),
    ];

    public override async Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties)
    {
        var policy = await reality.Ask(ApiCall.Iam("GetPolicy").With("PolicyArn", physicalId).Call());
        if (!policy.Found)
        {
            return policy.Gone ? Drift.Missing : Drift.Unknown;
        }

        var version = await reality.Ask(ApiCall.Iam("GetPolicyVersion").With("PolicyArn", physicalId).With("VersionId", policy.Xml.Text("DefaultVersionId")).Call());
        var differing = new List<string>();
        if (!Compare.SameDocument(version.Xml.Text("Document"), properties.Json("PolicyDocument")))
        {
            differing.Add("PolicyDocument");
        }

        var entities = Holders(properties).Any() ? await reality.Ask(ApiCall.Iam("ListEntitiesForPolicy").With("PolicyArn", physicalId).With("MaxItems", "1000").Call()) : null;
        differing.AddRange(
            from kind in (string[])["Role", "User", "Group"]
            let attached = entities?.Xml.Texts(kind + "Name")
            where properties.Texts(kind + "s").Any(name => !attached!.Value.Contains(name))
            select kind + "s");
        return new Drift(false, [.. differing]);
    }

    private static ApiCall.Each DropOldVersions(string arn) => new(
        ApiCall.Iam("ListPolicyVersions").With("PolicyArn", arn).Call(),
        version => version.Text("IsDefaultVersion") == "true"
            ? null
            : ApiCall.Iam("DeletePolicyVersion").With("PolicyArn", arn).With("VersionId", version.Text("VersionId")).Removal()) { MayBeGone = true };

    private static IEnumerable<(string Kind, string Name)> Holders(MappingNode properties) => InlinePolicy.OfMany(properties);

    private static ApiCall Attach((string Kind, string Name) holder, string arn) =>
        ApiCall.Iam($"Attach{holder.Kind}Policy").With(holder.Kind + "Name", holder.Name).With("PolicyArn", arn).Call();

    private static ApiCall Detach((string Kind, string Name) holder, string arn) =>
        ApiCall.Iam($"Detach{holder.Kind}Policy").With(holder.Kind + "Name", holder.Name).With("PolicyArn", arn).Removal();
}
