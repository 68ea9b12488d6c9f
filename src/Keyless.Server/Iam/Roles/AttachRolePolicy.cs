using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Attaches a managed policy to a role. IAM API Reference, <c>AttachRolePolicy</c>.</summary>
internal sealed class AttachRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(AttachRolePolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override IamKeys Keys => IamKeys.PolicyArn | IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.Attach(call, IdentityKind.Role);
}
