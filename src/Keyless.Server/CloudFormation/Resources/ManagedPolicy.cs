using System.Globalization;
using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary><c>AWS::IAM::ManagedPolicy</c>; its physical id is its ARN. A change makes a new default version and drops the one before.</summary>
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

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after, int generation)
    {
        if (before.Json("PolicyDocument") != after.Json("PolicyDocument"))
        {
            yield return ApiCall.Iam("CreatePolicyVersion").With("PolicyArn", physicalId).With("PolicyDocument", after.Json("PolicyDocument")).With("SetAsDefault", "true").Call();
            yield return ApiCall.Iam("DeletePolicyVersion").With("PolicyArn", physicalId).With("VersionId", string.Create(CultureInfo.InvariantCulture, $"v{generation}")).Removal();
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
        ApiCall.Iam("DeletePolicy").With("PolicyArn", physicalId).Removal(),
    ];

    private static IEnumerable<(string Kind, string Name)> Holders(MappingNode properties) => InlinePolicy.OfMany(properties);

    private static ApiCall Attach((string Kind, string Name) holder, string arn) =>
        ApiCall.Iam($"Attach{holder.Kind}Policy").With(holder.Kind + "Name", holder.Name).With("PolicyArn", arn).Call();

    private static ApiCall Detach((string Kind, string Name) holder, string arn) =>
        ApiCall.Iam($"Detach{holder.Kind}Policy").With(holder.Kind + "Name", holder.Name).With("PolicyArn", arn).Removal();
}
