using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>The names of a group's inline policies. IAM API Reference, <c>ListGroupPolicies</c>.</summary>
internal sealed class ListGroupPolicies(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListGroupPolicies);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call) => Identities.ListInlinePolicies(call, IdentityKind.Group);
}
