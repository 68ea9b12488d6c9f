using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Users;

/// <summary>Removes a user that has no keys, groups and policies any more. IAM API Reference, <c>DeleteUser</c>.</summary>
internal sealed class DeleteUser(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteUser);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.User);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("UserName", 1, 128, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Users.TryGetValue(name, out var user))
            {
                return call.Missing(IdentityKind.User, name);
            }

            if (Identities.PoliciesInTheWay(user, IdentityKind.User) is { } conflict)
            {
                return conflict;
            }

            if (!user.Groups.IsEmpty)
            {
                return IamErrors.DeleteConflict(
                    "Cannot delete entity, must remove users from group first.",
                    $"user `{user.Name}` is still in {Identities.Listed("group", "groups", user.Groups)}",
                    Identities.Commands(user.Groups, group => $"aws iam remove-user-from-group --user-name {user.Name} --group-name {group}"));
            }

            var keys = UserElements.KeysOf(transaction.State, user).Select(key => key.Id).ToList();
            if (keys.Count > 0)
            {
                return IamErrors.DeleteConflict(
                    "Cannot delete entity, must delete access keys first.",
                    $"user `{user.Name}` still has {Identities.Listed("access key", "access keys", keys)}",
                    Identities.Commands(keys, key => $"aws iam delete-access-key --user-name {user.Name} --access-key-id {key}"));
            }

            transaction.Remove(user);
            return call.Done();
        });
    }
}
