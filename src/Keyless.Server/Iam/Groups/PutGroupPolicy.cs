using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Adds or replaces an inline policy of a group. IAM API Reference, <c>PutGroupPolicy</c>.</summary>
internal sealed class PutGroupPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(PutGroupPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call) => Identities.PutInlinePolicy(call, IdentityKind.Group);
}
