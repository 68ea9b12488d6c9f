using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>The managed policies attached to a group. IAM API Reference, <c>ListAttachedGroupPolicies</c>.</summary>
internal sealed class ListAttachedGroupPolicies(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListAttachedGroupPolicies);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call) => Identities.ListAttached(call, IdentityKind.Group);
}
