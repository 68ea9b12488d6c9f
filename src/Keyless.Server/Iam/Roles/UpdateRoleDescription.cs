using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Changes the description; UpdateRole does more. IAM API Reference, <c>UpdateRoleDescription</c>.</summary>
internal sealed class UpdateRoleDescription(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UpdateRoleDescription);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("RoleName", 1, 64, ParameterPattern.Name);
        var description = call.Check.Required("Description", 0, 1000, ParameterPattern.Description);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Roles.TryGetValue(name, out var role))
            {
                return call.Missing(IdentityKind.Role, name);
            }

            var changed = role with { Description = description };
            transaction.Put(changed);
            return call.Result(xml =>
            {
                xml.Open("Role");
                RoleDocuments.WriteHead(xml, changed, Documents.Canonical(changed.TrustPolicy));
                xml.Optional("Description", changed.Description).Close("Role");
            });
        });
    }
}
