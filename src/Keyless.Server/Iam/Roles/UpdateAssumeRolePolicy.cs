using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Roles;

/// <summary>Replaces the trust policy of a role. IAM API Reference, <c>UpdateAssumeRolePolicy</c>.</summary>
internal sealed class UpdateAssumeRolePolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UpdateAssumeRolePolicy);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("RoleName", 1, 64, ParameterPattern.Name);
        var document = call.Check.Required("PolicyDocument", 1, Documents.MaxLength, ParameterPattern.Document);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Roles.TryGetValue(name, out var role))
            {
                return call.Missing(IdentityKind.Role, name);
            }

            if (RoleDocuments.TrustFault(document, transaction.State, call.Account) is { } malformed)
            {
                return malformed;
            }

            transaction.Put(role with { TrustPolicy = new StoredPolicy(document) });
            return call.Done();
        });
    }
}
