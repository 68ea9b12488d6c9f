using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>The managed policies attached to a role. IAM API Reference, <c>ListAttachedRolePolicies</c>.</summary>
internal sealed class ListAttachedRolePolicies(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListAttachedRolePolicies);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call) => Identities.ListAttached(call, IdentityKind.Role);
}
