using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>An inline policy of a user. IAM API Reference, <c>GetUserPolicy</c>.</summary>
internal sealed class GetUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetUserPolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.User, permission);

    protected override AwsResponse Run(IamCall call) => Identities.GetInlinePolicy(call, IdentityKind.User);
}
