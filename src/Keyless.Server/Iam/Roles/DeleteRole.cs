using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Removes a role that has no policies any more. IAM API Reference, <c>DeleteRole</c>.</summary>
internal sealed class DeleteRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(DeleteRole);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("RoleName", 1, 64, ParameterPattern.Name);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Roles.TryGetValue(name, out var role))
            {
                return call.Missing(IdentityKind.Role, name);
            }

            if (Identities.PoliciesInTheWay(role, IdentityKind.Role) is { } conflict)
            {
                return conflict;
            }

            transaction.Remove(role);
            return call.Done();
        });
    }
}
