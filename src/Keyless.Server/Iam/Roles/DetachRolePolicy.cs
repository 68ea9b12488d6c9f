using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Detaches a managed policy from a role. IAM API Reference, <c>DetachRolePolicy</c>.</summary>
internal sealed class DetachRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DetachRolePolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override IamKeys Keys => IamKeys.PolicyArn | IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.Detach(call, IdentityKind.Role);
}
