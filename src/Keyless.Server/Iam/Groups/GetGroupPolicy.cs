using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>An inline policy of a group. IAM API Reference, <c>GetGroupPolicy</c>.</summary>
internal sealed class GetGroupPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetGroupPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call) => Identities.GetInlinePolicy(call, IdentityKind.Group);
}
