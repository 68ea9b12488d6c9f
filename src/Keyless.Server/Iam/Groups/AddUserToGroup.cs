using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Puts a user into a group. One that is there already is no error. IAM API Reference, <c>AddUserToGroup</c>.</summary>
internal sealed class AddUserToGroup(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(AddUserToGroup);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call) => GroupElements.ChangeMembership(call, (user, group) =>
        GroupElements.IsMember(user, group) ? (user, null)
        : user.Groups.Length >= GroupElements.MaxGroupsOfUser ? (user, IamErrors.LimitExceeded(
            "GroupsPerUser", GroupElements.MaxGroupsOfUser, $"user `{user.Name}` is in", "groups", $"take the user out of one: `aws iam remove-user-from-group --user-name {user.Name} --group-name {user.Groups[0]}`"))
        : (user with { Groups = user.Groups.Add(group.Name) }, null));
}
