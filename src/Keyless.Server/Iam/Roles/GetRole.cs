using Keyless.Server.Aws;

namespace Keyless.Server.Iam.Roles;

/// <summary>A role with everything that is known of it. IAM API Reference, <c>GetRole</c>.</summary>
internal sealed class GetRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetRole);

    protected override IamResource Resource(IamCall call) => call.Named(IdentityKind.Role);

    protected override AwsResponse Run(IamCall call)
    {
        var name = call.Check.Required("RoleName", 1, 64, ParameterPattern.Name);
        if (call.Check.Error is { } invalid)
        {
            return invalid;
        }

        if (!call.Entities.Roles.TryGetValue(name, out var role))
        {
            return call.Missing(IdentityKind.Role, name);
        }

        return call.Result(xml =>
        {
            xml.Open("Role");
            RoleDocuments.WriteHead(xml, role, Documents.Canonical(role.TrustPolicy));
            xml.Optional("Description", role.Description).Element("MaxSessionDuration", role.MaxSessionDuration);
            Identities.WriteBoundary(xml, role);
            if (!role.Tags.IsEmpty)
            {
                Tagging.Write(xml, Tagging.Sorted(role.Tags));
            }

            xml.Open("RoleLastUsed");
            if (call.Service.Uses.Of(role.Id) is { } use)
            {
                xml.Element("LastUsedDate", use.At).Element("Region", use.Region);
            }

            xml.Close("RoleLastUsed").Close("Role");
        });
    }
}
