using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>Replaces the thumbprints of an OIDC provider. IAM API Reference, <c>UpdateOpenIDConnectProviderThumbprint</c>.</summary>
internal sealed class UpdateOpenIDConnectProviderThumbprint(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UpdateOpenIDConnectProviderThumbprint);

    protected override IamResource Resource(IamCall call) => call.Provider;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("OpenIDConnectProviderArn", 20, 2048);
        var thumbprints = call.Check.RequiredList("ThumbprintList", int.MaxValue, 40, 40);
        if ((call.Check.Error ?? ProviderElements.ThumbprintFault(thumbprints.Count, required: true)) is { } invalid)
        {
            return invalid;
        }

        return call.Write((transaction, account) =>
        {
            if (!account.Providers.TryGetValue(arn, out var provider))
            {
                return ProviderElements.ArnFault(arn) ?? IamErrors.NoProvider(call.Entities, arn);
            }

            transaction.Put(provider with { Thumbprints = [.. thumbprints.Select(thumbprint => thumbprint.ToLowerInvariant())] });
            return call.Done();
        });
    }
}
