using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Detaches a managed policy from a group. IAM API Reference, <c>DetachGroupPolicy</c>.</summary>
internal sealed class DetachGroupPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DetachGroupPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override IamKeys Keys => IamKeys.PolicyArn;

    protected override AwsResponse Run(IamCall call) => Identities.Detach(call, IdentityKind.Group);
}
