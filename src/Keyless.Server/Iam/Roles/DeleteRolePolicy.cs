using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Removes an inline policy of a role. IAM API Reference, <c>DeleteRolePolicy</c>.</summary>
internal sealed class DeleteRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteRolePolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override IamKeys Keys => IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.DeleteInlinePolicy(call, IdentityKind.Role);
}
