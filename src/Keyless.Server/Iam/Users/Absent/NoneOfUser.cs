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

    protected sealed override string Resource(IamCall call) => UserElements.ArnOfNamedOrCaller(call);

    protected sealed override Permission Describe(IamCall call, Permission permission) => Identities.Describe(call, IdentityKind.User, permission);

    protected sealed override AwsResponse Run(IamCall call)
    {
        call.Check.Optional("UserName", 1, longest, ParameterPattern.Name);
        var page = Page<string>.Of(call.Check, [], item => item, StringComparer.Ordinal, out var error);
        return page is null ? error!
            : call.UserNameOrCaller is { } user && !call.Entities.Users.ContainsKey(user) ? IdentityKind.User.Missing(user)
            : call.Result(xml =>
            {
                xml.Empty(list);
                page.WriteEnd(xml);
            });
    }
}
