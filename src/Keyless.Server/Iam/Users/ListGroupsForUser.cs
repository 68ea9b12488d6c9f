using Keyless.Server.Aws;
using Keyless.Server.Iam.Groups;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Users;

/// <summary>The groups that a user is in, in the order of their names. IAM API Reference, <c>ListGroupsForUser</c>.</summary>
internal sealed class ListGroupsForUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListGroupsForUser);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("UserName", 1, 128, ParameterPattern.Name);
        var user = call.Entities.Users.GetValueOrDefault(name);
        IEnumerable<Group> groups = user is null ? [] : call.Entities.GroupsOf(user);
        return GroupElements.List(call, groups, () => user is null ? call.Missing(IdentityKind.User, name) : null);
    }
}
