using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Attaches a managed policy to a group. IAM API Reference, <c>AttachGroupPolicy</c>.</summary>
internal sealed class AttachGroupPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(AttachGroupPolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Group);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.Group, permission);

    protected override AwsResponse Run(IamCall call) => Identities.Attach(call, IdentityKind.Group);
}
