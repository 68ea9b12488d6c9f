using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Groups;

/// <summary>Renames or moves a group; its id and its users stay. IAM API Reference, <c>UpdateGroup</c>.</summary>
internal sealed class UpdateGroup(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UpdateGroup);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override IamResource? Target(IamCall call) => call.Renamed(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("GroupName", 1, 128, ParameterPattern.Name);
        var newPath = call.Check.Optional("NewPath", 1, 512, ParameterPattern.Path);
        var newName = call.Check.Optional("NewGroupName", 1, 128, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Groups.TryGetValue(name, out var group))
            {
                return call.Missing(IdentityKind.Group, name);
            }

            if (newName is not null && account.Groups.TryGetValue(newName, out var other) && other.Id != group.Id)
            {
                return IamErrors.GroupExists(newName, other);
            }

            var changed = group with { Name = newName ?? group.Name, Path = newPath ?? group.Path };
            transaction.Remove(group);
            transaction.Put(changed);
            foreach (var user in GroupElements.MembersOf(account, group))
            {
                transaction.Put(GroupElements.Without(user, group) with { Groups = GroupElements.Without(user, group).Groups.Add(changed.Name) });
            }

            return call.Done();
        });
    }
}
