using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Renames or moves a user; its id stays. IAM API Reference, <c>UpdateUser</c>.</summary>
internal sealed class UpdateUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UpdateUser);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override IamResource? Target(IamCall call) => call.Renamed(IdentityKind.User);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("UserName", 1, 128, ParameterPattern.Name);
        var newPath = call.Check.Optional("NewPath", 1, 512, ParameterPattern.Path);
        var newName = call.Check.Optional("NewUserName", 1, 64, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Users.TryGetValue(name, out var user))
            {
                return call.Missing(IdentityKind.User, name);
            }

            if (newName is not null && account.Users.TryGetValue(newName, out var other) && other.Id != user.Id)
            {
                return IamErrors.UserExists(newName, other);
            }

            var changed = user with { Name = newName ?? user.Name, Path = newPath ?? user.Path };
            transaction.Rename(user, changed);
            foreach (var key in UserElements.KeysOf(transaction.State, user))
            {
                transaction.Put(key with { UserName = changed.Name });
            }

            return call.Done();
        });
    }
}
