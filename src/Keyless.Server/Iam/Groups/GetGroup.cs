using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Groups;

/// <summary>A group and its users, in the order of their names. IAM API Reference, <c>GetGroup</c>.</summary>
internal sealed class GetGroup(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetGroup);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Group);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("GroupName", 1, 128, ParameterPattern.Name);
        var group = call.Entities.Groups.GetValueOrDefault(name);
        IEnumerable<User> members = group is null ? [] : GroupElements.MembersOf(call.Entities, group);
        var page = Page<User>.Of(call.Check, members, user => user.Name, StringComparer.OrdinalIgnoreCase, out var error);
        if (page is null)
        {
            return error!;
        }

        return group is null ? call.Missing(IdentityKind.Group, name) : call.Result(xml =>
        {
            GroupElements.Write(xml, "Group", group);
            xml.Open("Users");
            foreach (var user in page.Items)
            {
                Users.UserElements.Write(xml, "member", user, whole: false);
            }

            xml.Close("Users");
            page.WriteEnd(xml);
        });
    }
}
