using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Removes an inline policy of a role. IAM API Reference, <c>DeleteRolePolicy</c>.</summary>
internal sealed class DeleteRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteRolePolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Role);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.Role, permission);

    protected override AwsResponse Run(IamCall call) => Identities.DeleteInlinePolicy(call, IdentityKind.Role);
}
