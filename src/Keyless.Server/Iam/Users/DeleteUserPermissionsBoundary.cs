using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Removes the boundary of a user. IAM API Reference, <c>DeleteUserPermissionsBoundary</c>.</summary>
internal sealed class DeleteUserPermissionsBoundary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteUserPermissionsBoundary);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.User, permission);

    protected override AwsResponse Run(IamCall call) => Identities.DeleteBoundary(call, IdentityKind.User);
}
