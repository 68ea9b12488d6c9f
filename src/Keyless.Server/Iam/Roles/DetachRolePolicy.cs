using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Detaches a managed policy from a role. IAM API Reference, <c>DetachRolePolicy</c>.</summary>
internal sealed class DetachRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DetachRolePolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Role);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.Role, permission);

    protected override AwsResponse Run(IamCall call) => Identities.Detach(call, IdentityKind.Role);
}
