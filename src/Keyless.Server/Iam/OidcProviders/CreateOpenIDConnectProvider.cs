using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>Trusts an issuer of web identity tokens. IAM API Reference, <c>CreateOpenIDConnectProvider</c>.</summary>
internal sealed class CreateOpenIDConnectProvider(IamService iam) : IamOperation(iam)
{
    private readonly IamService _iam = iam;

    public override string Name => nameof(CreateOpenIDConnectProvider);

    protected override IamResource Resource(IamCall call) =>
        new(OidcProvider.ArnOf(call.Account, ProviderElements.Issuer(call.Parameters.Text("Url"u8) ?? "", _iam.Issuers, out _)?.Split("://", 2)[1] ?? "*"));

    protected override IamKeys Keys => IamKeys.RequestTags;

    /// <summary>Without thumbprints IAM fetches one. An issuer that does not answer is trusted by its certificate alone.</summary>
    protected override async ValueTask Prepare(IamCall call)
    {
        if (call.Parameters.List("ThumbprintList").Count == 0
            && _iam.FindThumbprint is { } find
            && ProviderElements.Issuer(call.Parameters.Text("Url"u8) ?? "", _iam.Issuers, out _) is { } issuer
            && !call.Entities.Providers.ContainsKey(Resource(call).Arn))
        {
            call.FetchedThumbprint = await find(issuer, call.Request.Aborted);
        }
    }

    protected override AwsResponse Run(IamCall call)
    {
        var clients = call.Check.List("ClientIDList", int.MaxValue, 1, 255);
        var thumbprints = call.Check.List("ThumbprintList", int.MaxValue, 40, 40);
        var url = call.Check.Required("Url", 1, 255);
        var tags = Tagging.OfCreate(call, caseMatters: true, out var error);
        if ((error ?? ProviderElements.ThumbprintFault(thumbprints.Count, required: false)) is { } invalid)
        {
            return invalid;
        }

        if (ProviderElements.Issuer(url, _iam.Issuers, out var badUrl) is not { } issuer)
        {
            return badUrl!;
        }

        var unique = clients.Distinct(StringComparer.Ordinal).ToArray();
        if (unique.Length > ProviderElements.MaxClientIds)
        {
            return ProviderElements.TooManyClientIds(unique.Length);
        }

        if (thumbprints.Count == 0 && call.FetchedThumbprint is { } fetched)
        {
            thumbprints = [fetched];
        }

        return call.Write((transaction, account) =>
        {
            var provider = new OidcProvider
            {
                Account = call.Account,
                Issuer = issuer,
                ClientIds = [.. unique],
                Thumbprints = [.. thumbprints.Select(thumbprint => thumbprint.ToLowerInvariant())],
                CreatedAt = call.Now,
                Tags = tags,
            };
            if (account.Providers.TryGetValue(provider.Arn, out var present))
            {
                return IamErrors.ProviderExists(issuer, present);
            }

            if (account.Providers.Count >= ProviderElements.MaxProviders)
            {
                return IamErrors.LimitExceeded("OpenIdConnectProvidersPerAccount", ProviderElements.MaxProviders, $"account `{call.Account}` has", "OIDC providers", "delete providers that are not used");
            }

            transaction.Put(provider);
            return call.Result(xml =>
            {
                xml.Element("OpenIDConnectProviderArn", provider.Arn);
                if (!provider.Tags.IsEmpty)
                {
                    Tagging.Write(xml, provider.Tags);
                }
            });
        });
    }
}
