using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Groups;

/// <summary>What operations on groups share. IAM API Reference, <c>Group</c>.</summary>
internal static class GroupElements
{
    public const int MaxGroups = 300;
    public const int MaxGroupsOfUser = 10;

    public static void Write(XmlOut xml, string element, Group group) => xml
        .Open(element)
        .Element("Path", group.Path)
        .Element("GroupName", group.Name)
        .Element("GroupId", group.Id)
        .Element("Arn", group.Arn)
        .Element("CreateDate", group.CreatedAt)
        .Close(element);

    /// <summary>A page of groups, in the order of their names.</summary>
    public static AwsResponse List(IamCall call, IEnumerable<Group> groups, Func<AwsError?>? fault = null) =>
        call.List("Groups", groups, group => group.Name, StringComparer.OrdinalIgnoreCase, (xml, group) => Write(xml, "member", group), fault);

    public static IEnumerable<User> MembersOf(IamAccount account, Group group) => account.Users.Values.Where(user => IsMember(user, group));

    /// <summary>Puts a user into a group or takes it out; as it is already is no error.</summary>
    public static AwsResponse ChangeMembership(IamCall call, Func<User, Group, (User Changed, AwsError? Error)> change)
    {
        var groupName = call.Check.Required("GroupName", 1, 128, ParameterPattern.Name);
        var userName = call.Check.Required("UserName", 1, 128, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Users.TryGetValue(userName, out var user))
            {
                return call.Missing(IdentityKind.User, userName);
            }

            if (!account.Groups.TryGetValue(groupName, out var group))
            {
                return call.Missing(IdentityKind.Group, groupName);
            }

            var (changed, error) = change(user, group);
            if (error is not null)
            {
                return error;
            }

            transaction.Put(changed);
            return call.Done();
        });
    }

    public static bool IsMember(User user, Group group) => user.Groups.Contains(group.Name, StringComparer.OrdinalIgnoreCase);

    public static User Without(User user, Group group) => user with { Groups = user.Groups.Remove(group.Name, StringComparer.OrdinalIgnoreCase) };
}
