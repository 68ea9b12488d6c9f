using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Users;

/// <summary>The users under a path, in the order of their names. IAM API Reference, <c>ListUsers</c>.</summary>
internal sealed class ListUsers(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListUsers);

    protected override IamResource Resource(IamCall call) => call.Under("user");

    protected override AwsResponse Run(IamCall call)
    {
        var prefix = call.Check.Optional("PathPrefix", 1, 512, ParameterPattern.PathPrefix) ?? "/";
        var users = call.Entities.Users.Values.Where(user => user.Path.StartsWith(prefix, StringComparison.Ordinal));
        return call.List("Users", users, user => user.Name, StringComparer.OrdinalIgnoreCase, (xml, user) => UserElements.Write(xml, "member", user, whole: false));
    }
}
