using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Outbound;

/// <summary>The issuer of the account's tokens. IAM API Reference, <c>GetOutboundWebIdentityFederationInfo</c>.</summary>
internal sealed class GetOutboundWebIdentityFederationInfo(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetOutboundWebIdentityFederationInfo);

    protected override IamResource Resource(IamCall call) => IamResource.All;

    protected override AwsResponse Run(IamCall call) => call.Service.Outbound.IsEnabled(call.Account)
        ? call.Result(xml => xml.Element("IssuerIdentifier", call.Service.Outbound.IssuerOf(call.Account)).Element("JwtVendingEnabled", true))
        : DisableOutboundWebIdentityFederation.Disabled();
}
