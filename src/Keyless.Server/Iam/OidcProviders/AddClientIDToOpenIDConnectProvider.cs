using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>Registers an audience. One that is there already is no error. IAM API Reference, <c>AddClientIDToOpenIDConnectProvider</c>.</summary>
internal sealed class AddClientIDToOpenIDConnectProvider(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(AddClientIDToOpenIDConnectProvider);

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

            if (provider.ClientIds.Contains(client))
            {
                return call.Done();
            }

            if (provider.ClientIds.Length >= ProviderElements.MaxClientIds)
            {
                return ProviderElements.TooManyClientIds(ProviderElements.MaxClientIds + 1);
            }

            transaction.Put(provider with { ClientIds = provider.ClientIds.Add(client) });
            return call.Done();
        });
    }
}
