using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Outbound;

/// <summary>Lets the account vend tokens to services outside. IAM API Reference, <c>EnableOutboundWebIdentityFederation</c>.</summary>
internal sealed class EnableOutboundWebIdentityFederation(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(EnableOutboundWebIdentityFederation);

    protected override IamResource Resource(IamCall call) => IamResource.All;

    protected override AwsResponse Run(IamCall call) => call.Service.Outbound.Set(call.Account, enabled: true)
        ? call.Result(xml => xml.Element("IssuerIdentifier", call.Service.Outbound.IssuerOf(call.Account)))
        : new AwsError("FeatureEnabled", 409, "Outbound web identity federation is already enabled for this account")
        {
            Reason = "outbound web identity federation is enabled for the account already",
            Mend = "leave the call out: `aws iam get-outbound-web-identity-federation-info` has its issuer",
        };
}
