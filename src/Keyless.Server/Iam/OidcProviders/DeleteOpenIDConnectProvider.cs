using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>Removes an OIDC provider. A second time it is an error, whatever the documentation says. IAM API Reference, <c>DeleteOpenIDConnectProvider</c>.</summary>
internal sealed class DeleteOpenIDConnectProvider(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteOpenIDConnectProvider);

    protected override IamResource Resource(IamCall call) => call.Provider;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("OpenIDConnectProviderArn", 20, 2048);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Providers.TryGetValue(arn, out var provider))
            {
                return ProviderElements.ArnFault(arn) ?? IamErrors.NoProviderToDelete(call.Entities, arn);
            }

            transaction.Remove(provider);
            return call.Done();
        });
    }
}
