using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Sets the boundary of a role. IAM API Reference, <c>PutRolePermissionsBoundary</c>.</summary>
internal sealed class PutRolePermissionsBoundary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(PutRolePermissionsBoundary);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override IamKeys Keys => IamKeys.NewBoundary;

    protected override AwsResponse Run(IamCall call) => Identities.PutBoundary(call, IdentityKind.Role);
}
