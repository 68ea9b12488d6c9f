using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>The names of a user's inline policies. IAM API Reference, <c>ListUserPolicies</c>.</summary>
internal sealed class ListUserPolicies(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListUserPolicies);

    protected override string Resource(IamCall call) => call.ArnOf(IdentityKind.User);

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.User, permission);

    protected override AwsResponse Run(IamCall call) => Identities.ListInlinePolicies(call, IdentityKind.User);
}
