using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Removes an inline policy of a user. IAM API Reference, <c>DeleteUserPolicy</c>.</summary>
internal sealed class DeleteUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteUserPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamKeys Keys => IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.DeleteInlinePolicy(call, IdentityKind.User);
}
