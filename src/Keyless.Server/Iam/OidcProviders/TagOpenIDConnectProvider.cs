using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>Adds or replaces tags of an OIDC provider, whose keys differ by case. IAM API Reference, <c>TagOpenIDConnectProvider</c>.</summary>
internal sealed class TagOpenIDConnectProvider(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(TagOpenIDConnectProvider);

    protected override IamResource Resource(IamCall call) => call.Provider;

    protected override IamKeys Keys => IamKeys.RequestTags;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("OpenIDConnectProviderArn", 20, 2048);
        var tags = Tagging.Read(call, required: true);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Providers.TryGetValue(arn, out var provider))
            {
                return ProviderElements.ArnFault(arn) ?? IamErrors.NoProvider(call.Entities, arn);
            }

            var (merged, fault) = Tagging.Merge(provider.Tags, tags, caseMatters: true);
            if (fault is not null)
            {
                return fault;
            }

            transaction.Put(provider with { Tags = merged });
            return call.Done();
        });
    }
}
