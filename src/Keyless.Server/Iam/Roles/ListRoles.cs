using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Roles;

/// <summary>The roles under a path, in the order of their names. IAM API Reference, <c>ListRoles</c>.</summary>
internal sealed class ListRoles(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListRoles);

    protected override IamResource Resource(IamCall call) => call.Under("role");

    protected override AwsResponse Run(IamCall call)
    {
        var prefix = call.Check.Optional("PathPrefix", 1, 512, ParameterPattern.PathPrefix) ?? "/";
        var roles = call.Entities.Roles.Values.Where(role => role.Path.StartsWith(prefix, StringComparison.Ordinal));

        // Lists leave out tags, boundary and last use.
        return call.List("Roles", roles, role => role.Name, StringComparer.OrdinalIgnoreCase, (xml, role) =>
        {
            xml.Open("member");
            RoleDocuments.WriteHead(xml, role, Documents.Canonical(role.TrustPolicy));
            xml.Optional("Description", role.Description).Element("MaxSessionDuration", role.MaxSessionDuration).Close("member");
        });
    }
}
