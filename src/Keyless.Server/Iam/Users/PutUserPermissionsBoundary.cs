using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Sets the boundary of a user. IAM API Reference, <c>PutUserPermissionsBoundary</c>.</summary>
internal sealed class PutUserPermissionsBoundary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(PutUserPermissionsBoundary);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.User, permission);

    protected override AwsResponse Run(IamCall call) => Identities.PutBoundary(call, IdentityKind.User);
}
