using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>An inline policy of a role. IAM API Reference, <c>GetRolePolicy</c>.</summary>
internal sealed class GetRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetRolePolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call) => Identities.GetInlinePolicy(call, IdentityKind.Role);
}
