using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>Removes tags of an OIDC provider. IAM API Reference, <c>UntagOpenIDConnectProvider</c>.</summary>
internal sealed class UntagOpenIDConnectProvider(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UntagOpenIDConnectProvider);

    protected override IamResource Resource(IamCall call) => call.Provider;

    protected override IamKeys Keys => IamKeys.TagKeys;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("OpenIDConnectProviderArn", 20, 2048);
        var keys = Tagging.ReadKeys(call);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Providers.TryGetValue(arn, out var provider))
            {
                return ProviderElements.ArnFault(arn) ?? IamErrors.NoProvider(call.Entities, arn);
            }

            transaction.Put(provider with { Tags = Tagging.Without(provider.Tags, keys, caseMatters: true) });
            return call.Done();
        });
    }
}
