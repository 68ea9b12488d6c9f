using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users.Absent;

/// <summary>
/// Lists a kind of credentials that no user here has: clients ask for each before they delete a user. IAM API Reference, the operation's page.
/// </summary>
/// <param name="name">AWS's name of the operation.</param>
/// <param name="list">The element that would hold them.</param>
/// <param name="longest">The longest name that may be asked for, which IAM's operations do not agree on.</param>
internal abstract class NoneOfUser(IamService iam, string name, string list, int longest) : IamOperation(iam)
{
    public sealed override string Name => name;

    protected sealed override IamResource Resource(IamCall call) => UserElements.NamedOrCaller(call);

    protected sealed override AwsResponse Run(IamCall call)
    {
        call.Check.Optional("UserName", 1, longest, ParameterPattern.Name);
        return call.List<string>(
            list, [], item => item, StringComparer.Ordinal, (xml, item) => xml.Element("member", item),
            () => call.UserNameOrCaller is { } user && !call.Entities.Users.ContainsKey(user) ? call.Missing(IdentityKind.User, user) : null);
    }
}
