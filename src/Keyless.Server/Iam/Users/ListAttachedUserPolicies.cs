using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>The managed policies attached to a user. IAM API Reference, <c>ListAttachedUserPolicies</c>.</summary>
internal sealed class ListAttachedUserPolicies(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListAttachedUserPolicies);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override AwsResponse Run(IamCall call) => Identities.ListAttached(call, IdentityKind.User);
}
