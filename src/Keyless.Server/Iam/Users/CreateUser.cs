using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Users;

/// <summary>A user, for administrators. IAM API Reference, <c>CreateUser</c>.</summary>
internal sealed class CreateUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(CreateUser);

    protected override IamResource Resource(IamCall call) => call.New("user", "UserName");

    protected override IamKeys Keys => IamKeys.RequestTags | IamKeys.NewBoundary;

    protected override AwsResponse Run(IamCall call)
    {
        var path = call.Check.Optional("Path", 1, 512, ParameterPattern.Path) ?? "/";
        var name = call.Check.Required("UserName", 1, 64, ParameterPattern.Name);
        var boundary = call.Check.Optional("PermissionsBoundary", 20, 2048);
        var tags = Tagging.OfCreate(call, caseMatters: false, out var error);
        if (error is not null)
        {
            return error;
        }

        return call.Write((transaction, account) =>
        {
            if (account.Users.TryGetValue(name, out var present))
            {
                return IamErrors.UserExists(name, present);
            }

            if (boundary is not null && Identities.BoundaryFault(account, boundary) is { } fault)
            {
                return fault;
            }

            if (account.Users.Count >= UserElements.MaxUsers)
            {
                return IamErrors.LimitExceeded("UsersPerAccount", UserElements.MaxUsers, $"account `{call.Account}` has", "users", "delete users that are not used");
            }

            var user = new User
            {
                Account = call.Account,
                Path = path,
                Name = name,
                Id = Identifiers.UniqueId("AIDA", call.Account),
                CreatedAt = call.Now,
                Boundary = boundary,
                Tags = tags,
            };
            transaction.Put(user);
            return call.Result(xml => UserElements.Write(xml, "User", user, whole: true));
        });
    }
}
