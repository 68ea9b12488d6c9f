using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>The ARNs of the account's OIDC providers. IAM API Reference, <c>ListOpenIDConnectProviders</c>.</summary>
internal sealed class ListOpenIDConnectProviders(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListOpenIDConnectProviders);

    protected override IamResource Resource(IamCall call) => new($"arn:aws:iam::{call.Account}:oidc-provider/*");

    protected override AwsResponse Run(IamCall call) => call.Result(xml =>
        {
            xml.Open("OpenIDConnectProviderList");
            foreach (var arn in call.Entities.Providers.Keys)
            {
                xml.Open("member").Element("Arn", arn).Close("member");
            }

            xml.Close("OpenIDConnectProviderList");
        });
}
