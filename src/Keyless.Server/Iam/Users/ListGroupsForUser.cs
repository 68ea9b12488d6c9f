using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Always none: there are no groups, and clients ask before they delete a user. IAM API Reference, <c>ListGroupsForUser</c>.</summary>
internal sealed class ListGroupsForUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListGroupsForUser);

    protected override string Resource(IamCall call) => call.UserArn;

    protected override Permission Describe(IamCall call, Permission permission) =>
        Identities.Describe(call, IdentityKind.User, permission);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("UserName", 1, 128, ParameterPattern.Name);
        var page = Page<string>.Of(call.Check, [], item => item, StringComparer.Ordinal, out var error);
        if (page is null)
        {
            return error!;
        }

        return !call.Entities.Users.ContainsKey(name) ? IdentityKind.User.Missing(name) : call.Result(xml =>
        {
            xml.Empty("Groups");
            page.WriteEnd(xml);
        });
    }
}
