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

    public override IEnumerable<ApiCall> Update(string physicalId, MappingNode before, MappingNode after)
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

    public override async Task<Drift> Inspect(Reality reality, string physicalId, MappingNode properties)
    {
        var found = await reality.Ask(ApiCall.Iam("GetOpenIDConnectProvider").With("OpenIDConnectProviderArn", physicalId).Call());
        return found.Gone ? Drift.Missing : !found.Found ? Drift.Unknown : new Drift(false, [.. properties.Members.Select(m => m.Name).Where(name => !Holds(name))]);

        bool Holds(string property) => property switch
        {
            "ClientIdList" => properties.Texts(property).All(Members("ClientIDList").Contains),
            "ThumbprintList" => properties.Texts(property).SequenceEqual(Members("ThumbprintList"), StringComparer.OrdinalIgnoreCase),
            "Tags" => found.Xml.HasTags(properties),
            _ => true,
        };

        IEnumerable<string> Members(string list) =>
            found.Xml?.Descendants().Where(e => e.Name.LocalName == list).SelectMany(e => e.Elements()).Select(e => e.Value) ?? [];
    }
}
