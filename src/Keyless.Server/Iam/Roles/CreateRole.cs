using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Roles;

/// <summary>A role with its trust policy. IAM API Reference, <c>CreateRole</c>.</summary>
internal sealed class CreateRole(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(CreateRole);

    protected override IamResource Resource(IamCall call) => call.New("role", "RoleName");

    protected override IamKeys Keys => IamKeys.RequestTags | IamKeys.NewBoundary;

    protected override AwsResponse Run(IamCall call)
    {
        var path = call.Check.Optional("Path", 1, 512, ParameterPattern.Path) ?? "/";
        var name = call.Check.Required("RoleName", 1, 64, ParameterPattern.Name);
        var document = call.Check.Required("AssumeRolePolicyDocument", 1, Documents.MaxLength, ParameterPattern.Document);
        var description = call.Check.Optional("Description", 0, 1000, ParameterPattern.Description);
        var maxSession = call.Check.Number("MaxSessionDuration", 3600, 43200, absent: 3600);
        var boundary = call.Check.Optional("PermissionsBoundary", 20, 2048);
        var tags = Tagging.OfCreate(call, caseMatters: false, out var error);
        if (error is not null)
        {
            return error;
        }

        return call.Write((transaction, account) =>
        {
            if (account.Roles.TryGetValue(name, out var present))
            {
                return IamErrors.RoleExists(name, present);
            }

            if (RoleDocuments.TrustFault(document, transaction.State, call.Account) is { } malformed)
            {
                return malformed;
            }

            if (boundary is not null && Identities.BoundaryFault(account, boundary) is { } fault)
            {
                return fault;
            }

            if (account.Roles.Count >= RoleDocuments.MaxRoles)
            {
                return IamErrors.LimitExceeded("RolesPerAccount", RoleDocuments.MaxRoles, $"account `{call.Account}` has", "roles", "delete roles that are not used");
            }

            var role = new Role
            {
                Account = call.Account,
                Path = path,
                Name = name,
                Id = Identifiers.UniqueId("AROA", call.Account),
                CreatedAt = call.Now,
                Description = description,
                MaxSessionDuration = maxSession,
                TrustPolicy = new StoredPolicy(document),
                Boundary = boundary,
                Tags = tags,
            };
            transaction.Put(role);

            // As on AWS, the answer has neither description nor maximum duration, and the policy as it was sent.
            return call.Result(xml =>
            {
                xml.Open("Role");
                RoleDocuments.WriteHead(xml, role, document);
                Identities.WriteBoundary(xml, role);
                if (!role.Tags.IsEmpty)
                {
                    Tagging.Write(xml, role.Tags);
                }

                xml.Close("Role");
            });
        });
    }
}
