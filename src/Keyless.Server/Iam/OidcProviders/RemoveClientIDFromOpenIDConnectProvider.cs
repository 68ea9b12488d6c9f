using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>Removes an audience. One that is not there is no error. IAM API Reference, <c>RemoveClientIDFromOpenIDConnectProvider</c>.</summary>
internal sealed class RemoveClientIDFromOpenIDConnectProvider(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(RemoveClientIDFromOpenIDConnectProvider);

    protected override IamResource Resource(IamCall call) => call.Provider;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("OpenIDConnectProviderArn", 20, 2048);
        var client = call.Check.Required("ClientID", 1, 255);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Providers.TryGetValue(arn, out var provider))
            {
                return ProviderElements.ArnFault(arn) ?? IamErrors.NoProvider(call.Entities, arn);
            }

            transaction.Put(provider with { ClientIds = provider.ClientIds.Remove(client) });
            return call.Done();
        });
    }
}
