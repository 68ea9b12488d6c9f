using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>The names of a role's inline policies. IAM API Reference, <c>ListRolePolicies</c>.</summary>
internal sealed class ListRolePolicies(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListRolePolicies);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call) => Identities.ListInlinePolicies(call, IdentityKind.Role);
}
