using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>An inline policy of a role. IAM API Reference, <c>GetRolePolicy</c>.</summary>
internal sealed class GetRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetRolePolicy);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.Role);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.Role, permission);

    protected override AwsResponse Run(IamCall call) => Identities.GetInlinePolicy(call, IdentityKind.Role);
}
