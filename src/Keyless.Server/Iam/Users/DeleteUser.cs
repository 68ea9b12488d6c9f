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
                return IdentityKind.User.Missing(name);
            }

            if (Identities.PoliciesInTheWay(user) is { } conflict)
            {
                return conflict;
            }

            if (!user.Groups.IsEmpty)
            {
                return IamErrors.DeleteConflict("Cannot delete entity, must remove users from group first.");
            }

            if (UserElements.KeysOf(transaction.State, user).Any())
            {
                return IamErrors.DeleteConflict("Cannot delete entity, must delete access keys first.");
            }

            transaction.Remove(user);
            return call.Done();
        });
    }
}
