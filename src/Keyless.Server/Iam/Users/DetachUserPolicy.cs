using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Detaches a managed policy from a user. IAM API Reference, <c>DetachUserPolicy</c>.</summary>
internal sealed class DetachUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DetachUserPolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.User, permission);

    protected override AwsResponse Run(IamCall call) => Identities.Detach(call, IdentityKind.User);
}
