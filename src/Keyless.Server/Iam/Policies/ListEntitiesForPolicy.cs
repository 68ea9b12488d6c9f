using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Policies;

/// <summary>The groups, users and roles that a managed policy is attached to, or bounds. IAM API Reference, <c>ListEntitiesForPolicy</c>.</summary>
internal sealed class ListEntitiesForPolicy(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(ListEntitiesForPolicy);

    protected override IamResource Resource(IamCall call) => call.Policy;

    protected override AwsResponse Run(IamCall call)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var filter = call.Check.OneOf("EntityFilter", "User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy");
        var prefix = call.Check.Optional("PathPrefix", 1, 512, ParameterPattern.Path) ?? "/";
        var usage = call.Check.OneOf("PolicyUsageFilter", "PermissionsPolicy", "PermissionsBoundary");
        var account = call.Entities;
        var entities = account.Identities
            .Where(entity => filter switch
            {
                null => true,
                "Role" => entity is Role,
                "User" => entity is User,
                "Group" => entity is Group,
                _ => false,
            })
            .Where(entity => entity.Path.StartsWith(prefix, StringComparison.Ordinal))
            .Where(entity => usage switch
            {
                "PermissionsPolicy" => entity.AttachedPolicies.Contains(arn),
                "PermissionsBoundary" => entity.Boundary == arn,
                _ => entity.AttachedPolicies.Contains(arn) || entity.Boundary == arn,
            })
            .OrderBy(entity => entity.Arn, StringComparer.Ordinal);
        var page = Page<Identity>.Of(call.Check, entities, entity => entity.Arn, StringComparer.Ordinal, out var error);
        if ((error ?? ManagedPolicies.ArnFault(arn)) is { } invalid)
        {
            return invalid;
        }

        return !ManagedPolicies.Exists(account, arn) ? IamErrors.NotAttachable(account, arn) : call.Result(xml =>
        {
            xml.Open("PolicyGroups");
            foreach (var group in page!.Items.OfType<Group>())
            {
                xml.Open("member").Element("GroupName", group.Name).Element("GroupId", group.Id).Close("member");
            }

            xml.Close("PolicyGroups").Open("PolicyUsers");
            foreach (var user in page.Items.OfType<User>())
            {
                xml.Open("member").Element("UserName", user.Name).Element("UserId", user.Id).Close("member");
            }

            xml.Close("PolicyUsers").Open("PolicyRoles");
            foreach (var role in page.Items.OfType<Role>())
            {
                xml.Open("member").Element("RoleName", role.Name).Element("RoleId", role.Id).Close("member");
            }

            xml.Close("PolicyRoles");
            page.WriteEnd(xml);
        });
    }
}
