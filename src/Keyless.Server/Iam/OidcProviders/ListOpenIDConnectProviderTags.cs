using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>The tags of an OIDC provider, sorted by key. IAM API Reference, <c>ListOpenIDConnectProviderTags</c>.</summary>
internal sealed class ListOpenIDConnectProviderTags(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListOpenIDConnectProviderTags);

    protected override IamResource Resource(IamCall call) => call.Provider;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("OpenIDConnectProviderArn", 20, 2048);
        return Tagging.List(call, call.Entities.Providers.GetValueOrDefault(arn)?.Tags, () => ProviderElements.ArnFault(arn) ?? IamErrors.NoProvider(call.Entities, arn));
    }
}
