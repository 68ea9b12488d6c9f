using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Removes an inline policy of a group. IAM API Reference, <c>DeleteGroupPolicy</c>.</summary>
internal sealed class DeleteGroupPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteGroupPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call) => Identities.DeleteInlinePolicy(call, IdentityKind.Group);
}
