using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>An inline policy of a user. IAM API Reference, <c>GetUserPolicy</c>.</summary>
internal sealed class GetUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetUserPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override AwsResponse Run(IamCall call) => Identities.GetInlinePolicy(call, IdentityKind.User);
}
