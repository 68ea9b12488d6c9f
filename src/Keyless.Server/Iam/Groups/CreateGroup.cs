using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Groups;

/// <summary>A group, for administrators. IAM API Reference, <c>CreateGroup</c>.</summary>
internal sealed class CreateGroup(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(CreateGroup);

    protected override IamResource Resource(IamCall call) => call.New("group", "GroupName");

    protected override AwsResponse Run(IamCall call)
    {
        var path = call.Check.Optional("Path", 1, 512, ParameterPattern.Path) ?? "/";
        var name = call.Check.Required("GroupName", 1, 128, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (account.Groups.TryGetValue(name, out var present))
            {
                return IamErrors.GroupExists(name, present);
            }

            if (account.Groups.Count >= GroupElements.MaxGroups)
            {
                return IamErrors.LimitExceeded("GroupsPerAccount", GroupElements.MaxGroups, $"account `{call.Account}` has", "groups", "delete groups that are not used");
            }

            var group = new Group { Account = call.Account, Path = path, Name = name, Id = Identifiers.UniqueId("AGPA", call.Account), CreatedAt = call.Now };
            transaction.Put(group);
            return call.Result(xml => GroupElements.Write(xml, "Group", group));
        });
    }
}
