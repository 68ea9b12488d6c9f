using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Adds or replaces an inline policy of a role. IAM API Reference, <c>PutRolePolicy</c>.</summary>
internal sealed class PutRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(PutRolePolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override IamKeys Keys => IamKeys.Boundary;

    protected override AwsResponse Run(IamCall call) => Identities.PutInlinePolicy(call, IdentityKind.Role);
}
