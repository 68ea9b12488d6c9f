using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Sets the boundary of a user. IAM API Reference, <c>PutUserPermissionsBoundary</c>.</summary>
internal sealed class PutUserPermissionsBoundary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(PutUserPermissionsBoundary);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamKeys Keys => IamKeys.NewBoundary;

    protected override AwsResponse Run(IamCall call) => Identities.PutBoundary(call, IdentityKind.User);
}
