using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Attaches a managed policy to a user. IAM API Reference, <c>AttachUserPolicy</c>.</summary>
internal sealed class AttachUserPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(AttachUserPolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.User, permission);

    protected override AwsResponse Run(IamCall call) => Identities.Attach(call, IdentityKind.User);
}
