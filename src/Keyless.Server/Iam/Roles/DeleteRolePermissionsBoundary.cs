using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Removes the boundary of a role. IAM API Reference, <c>DeleteRolePermissionsBoundary</c>.</summary>
internal sealed class DeleteRolePermissionsBoundary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteRolePermissionsBoundary);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Role);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.Role, permission);

    protected override AwsResponse Run(IamCall call) => Identities.DeleteBoundary(call, IdentityKind.Role);
}
