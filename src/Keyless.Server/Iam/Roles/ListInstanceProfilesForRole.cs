using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>Always none: instance profiles belong to EC2, and clients ask before they delete a role. IAM API Reference, <c>ListInstanceProfilesForRole</c>.</summary>
internal sealed class ListInstanceProfilesForRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListInstanceProfilesForRole);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("RoleName", 1, 64, ParameterPattern.Name);
        return call.List<string>(
            "InstanceProfiles", [], profile => profile, StringComparer.Ordinal, (xml, profile) => xml.Element("member", profile),
            () => call.Entities.Roles.ContainsKey(name) ? null : call.Missing(IdentityKind.Role, name));
    }
}
