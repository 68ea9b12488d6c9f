using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Outbound;

/// <summary>No further tokens for services outside. IAM API Reference, <c>DisableOutboundWebIdentityFederation</c>.</summary>
internal sealed class DisableOutboundWebIdentityFederation(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DisableOutboundWebIdentityFederation);

    protected override IamResource Resource(IamCall call) => IamResource.All;

    protected override AwsResponse Run(IamCall call) => call.Service.Outbound.Set(call.Account, enabled: false) ? call.Done() : Disabled();

    public static AwsError Disabled() => new("FeatureDisabled", 404, "Outbound web identity federation is not enabled for this account")
    {
        Reason = "outbound web identity federation is not enabled for the account",
        Mend = "enable it: `aws iam enable-outbound-web-identity-federation`",
    };
}
