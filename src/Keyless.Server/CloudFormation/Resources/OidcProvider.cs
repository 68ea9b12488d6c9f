using Keyless.Language.Tree;

namespace Keyless.Server.CloudFormation.Resources;

/// <summary><c>AWS::IAM::OIDCProvider</c>; its physical id is its ARN.</summary>
internal sealed class OidcProvider : ResourceCalls
{
    public override IEnumerable<ApiCall> Create(string physicalId, MappingNode properties) =>
    [
        ApiCall.Iam("CreateOpenIDConnectProvider")
            .With("Url", properties.Text("Url"))
            .WithList("ClientIDList", properties.Texts("ClientIdList"))
            .WithList("ThumbprintList", properties.Texts("ThumbprintList"))
            .WithTags(properties.Tags())
            .Call(),
    ];

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after, int generation)
    {
        foreach (var added in after.Texts("ClientIdList").Except(before.Texts("ClientIdList")))
        {
            yield return ApiCall.Iam("AddClientIDToOpenIDConnectProvider").With("OpenIDConnectProviderArn", physicalId).With("ClientID", added).Call();
        }

        foreach (var removed in before.Texts("ClientIdList").Except(after.Texts("ClientIdList")))
        {
            yield return ApiCall.Iam("RemoveClientIDFromOpenIDConnectProvider").With("OpenIDConnectProviderArn", physicalId).With("ClientID", removed).Call();
        }

        var thumbprints = after.Texts("ThumbprintList");
        if (thumbprints.Length > 0 && !thumbprints.SequenceEqual(before.Texts("ThumbprintList")))
        {
            yield return ApiCall.Iam("UpdateOpenIDConnectProviderThumbprint").With("OpenIDConnectProviderArn", physicalId).WithList("ThumbprintList", thumbprints).Call();
        }

        foreach (var call in TagChanges.Between(before, after, "OpenIDConnectProvider", "OpenIDConnectProviderArn", physicalId))
        {
            yield return call;
        }
    }

    public override IEnumerable<ApiCall> Delete(string physicalId, MappingNode properties) =>
        [ApiCall.Iam("DeleteOpenIDConnectProvider").With("OpenIDConnectProviderArn", physicalId).Removal()];
}
