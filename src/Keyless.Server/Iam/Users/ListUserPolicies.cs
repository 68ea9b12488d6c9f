using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>The names of a user's inline policies. IAM API Reference, <c>ListUserPolicies</c>.</summary>
internal sealed class ListUserPolicies(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListUserPolicies);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override AwsResponse Run(IamCall call) => Identities.ListInlinePolicies(call, IdentityKind.User);
}
