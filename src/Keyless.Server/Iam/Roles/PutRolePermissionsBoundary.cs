using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Sets the boundary of a role. IAM API Reference, <c>PutRolePermissionsBoundary</c>.</summary>
internal sealed class PutRolePermissionsBoundary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(PutRolePermissionsBoundary);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Role);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.Role, permission);

    protected override AwsResponse Run(IamCall call) => Identities.PutBoundary(call, IdentityKind.Role);
}
