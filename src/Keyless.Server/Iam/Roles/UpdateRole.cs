using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Changes description and maximum session duration. IAM API Reference, <c>UpdateRole</c>.</summary>
internal sealed class UpdateRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(UpdateRole);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("RoleName", 1, 64, ParameterPattern.Name);
        var description = call.Check.Optional("Description", 0, 1000, ParameterPattern.Description);
        var maxSession = call.Check.Number("MaxSessionDuration", 3600, 43200, absent: 0);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (!account.Roles.TryGetValue(name, out var role))
            {
                return call.Missing(IdentityKind.Role, name);
            }

            transaction.Put(role with
            {
                Description = description ?? role.Description,
                MaxSessionDuration = maxSession == 0 ? role.MaxSessionDuration : maxSession,
            });
            return call.Result(_ => { });
        });
    }
}
