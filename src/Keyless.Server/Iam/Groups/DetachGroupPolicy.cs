using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Detaches a managed policy from a group. IAM API Reference, <c>DetachGroupPolicy</c>.</summary>
internal sealed class DetachGroupPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DetachGroupPolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Group);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.Group, permission);

    protected override AwsResponse Run(IamCall call) => Identities.Detach(call, IdentityKind.Group);
}
