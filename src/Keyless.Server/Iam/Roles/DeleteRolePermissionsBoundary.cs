using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Removes the boundary of a role. IAM API Reference, <c>DeleteRolePermissionsBoundary</c>.</summary>
internal sealed class DeleteRolePermissionsBoundary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteRolePermissionsBoundary);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override IamKeys Keys => IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.DeleteBoundary(call, IdentityKind.Role);
}
