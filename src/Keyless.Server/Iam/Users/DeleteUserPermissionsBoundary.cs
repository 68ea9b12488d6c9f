using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Removes the boundary of a user. IAM API Reference, <c>DeleteUserPermissionsBoundary</c>.</summary>
internal sealed class DeleteUserPermissionsBoundary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteUserPermissionsBoundary);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamKeys Keys => IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.DeleteBoundary(call, IdentityKind.User);
}
