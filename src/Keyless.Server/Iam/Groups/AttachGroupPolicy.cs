using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Attaches a managed policy to a group. IAM API Reference, <c>AttachGroupPolicy</c>.</summary>
internal sealed class AttachGroupPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(AttachGroupPolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override IamKeys Keys => IamKeys.PolicyArn;

    protected override AwsResponse Run(IamCall call) => Identities.Attach(call, IdentityKind.Group);
}
