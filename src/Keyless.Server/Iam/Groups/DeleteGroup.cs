using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Groups;

/// <summary>Removes a group that has neither users nor policies any more. IAM API Reference, <c>DeleteGroup</c>.</summary>
internal sealed class DeleteGroup(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteGroup);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("GroupName", 1, 128, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Groups.TryGetValue(name, out var group))
            {
                return call.Missing(IdentityKind.Group, name);
            }

            var members = GroupElements.MembersOf(account, group).Select(user => user.Name).ToList();
            if (members.Count > 0)
            {
                return IamErrors.DeleteConflict(
                    "Cannot delete entity, must remove users from group first.",
                    $"group `{group.Name}` still has {Identities.Listed("user", "users", members)}",
                    Identities.Commands(members, user => $"aws iam remove-user-from-group --group-name {group.Name} --user-name {user}"));
            }

            if (Identities.PoliciesInTheWay(group, IdentityKind.Group) is { } conflict)
            {
                return conflict;
            }

            transaction.Remove(group);
            return call.Done();
        });
    }
}
