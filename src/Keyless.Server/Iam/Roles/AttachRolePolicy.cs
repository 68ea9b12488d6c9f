using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Attaches a managed policy to a role. IAM API Reference, <c>AttachRolePolicy</c>.</summary>
internal sealed class AttachRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(AttachRolePolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Role);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.Role, permission);

    protected override AwsResponse Run(IamCall call) => Identities.Attach(call, IdentityKind.Role);
}
