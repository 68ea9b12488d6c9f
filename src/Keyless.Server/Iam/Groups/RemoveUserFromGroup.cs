using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Takes a user out of a group. One that is not in it is no error. IAM API Reference, <c>RemoveUserFromGroup</c>.</summary>
internal sealed class RemoveUserFromGroup(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(RemoveUserFromGroup);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call) => GroupElements.ChangeMembership(call, (user, group) => (GroupElements.Without(user, group), null));
}
