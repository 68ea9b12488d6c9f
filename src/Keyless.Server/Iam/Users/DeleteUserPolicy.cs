using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Removes an inline policy of a user. IAM API Reference, <c>DeleteUserPolicy</c>.</summary>
internal sealed class DeleteUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteUserPolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.User, permission);

    protected override AwsResponse Run(IamCall call) => Identities.DeleteInlinePolicy(call, IdentityKind.User);
}
