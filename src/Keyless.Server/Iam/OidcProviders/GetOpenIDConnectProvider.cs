using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>An OIDC provider. Its URL comes without the scheme. IAM API Reference, <c>GetOpenIDConnectProvider</c>.</summary>
internal sealed class GetOpenIDConnectProvider(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetOpenIDConnectProvider);

    protected override IamResource Resource(IamCall call) => call.Provider;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("OpenIDConnectProviderArn", 20, 2048);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        return call.Entities.Providers.TryGetValue(arn, out var provider)
            ? call.Result(xml =>
            {
                xml.Element("Url", provider.Url);
                ProviderElements.WriteList(xml, "ClientIDList", provider.ClientIds);
                ProviderElements.WriteList(xml, "ThumbprintList", provider.Thumbprints);
                xml.Element("CreateDate", provider.CreatedAt);
                Tagging.Write(xml, Tagging.Sorted(provider.Tags));
            })
            : ProviderElements.ArnFault(arn) ?? IamErrors.NoProvider(call.Entities, arn);
    }
}
