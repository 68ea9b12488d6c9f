using Keyless.Server.Aws;
using Keyless.Server.Iam.Groups;
using Keyless.Server.Iam.Policies;
using Keyless.Server.Iam.Roles;
using Keyless.Server.Iam.Users;

namespace Keyless.Server.Iam;

/// <summary>How many entities the account has, and the quotas. IAM API Reference, <c>GetAccountSummary</c>.</summary>
internal sealed class GetAccountSummary(IamService iam) : IamOperation(iam)
{
    public override string Name => nameof(GetAccountSummary);

    protected override IamResource Resource(IamCall call) => IamResource.All;

    protected override AwsResponse Run(IamCall call)
    {
        var account = call.Entities;
        return call.Result(xml =>
        {
            xml.Open("SummaryMap");
            Entry("Users", account.Users.Count);
            Entry("UsersQuota", UserElements.MaxUsers);
            Entry("Groups", account.Groups.Count);
            Entry("GroupsQuota", GroupElements.MaxGroups);
            Entry("Roles", account.Roles.Count);
            Entry("RolesQuota", RoleDocuments.MaxRoles);
            Entry("Policies", account.Policies.Count);
            Entry("PoliciesQuota", PolicyElements.MaxPolicies);
            Entry("PolicyVersionsInUse", account.Policies.Values.Sum(policy => policy.Versions.Length));
            Entry("PolicyVersionsInUseQuota", 10000);
            Entry("VersionsPerPolicyQuota", PolicyElements.MaxVersions);
            Entry("PolicySizeQuota", PolicyElements.MaxSize);
            Entry("AssumeRolePolicySizeQuota", RoleDocuments.MaxTrustSize);
            Entry("UserPolicySizeQuota", IdentityKind.User.InlineQuota);
            Entry("RolePolicySizeQuota", IdentityKind.Role.InlineQuota);
            Entry("GroupPolicySizeQuota", IdentityKind.Group.InlineQuota);
            Entry("AttachedPoliciesPerUserQuota", Identities.MaxAttached);
            Entry("AttachedPoliciesPerRoleQuota", Identities.MaxAttached);
            Entry("AttachedPoliciesPerGroupQuota", Identities.MaxAttached);
            Entry("AccessKeysPerUserQuota", UserElements.MaxKeys);
            Entry("SigningCertificatesPerUserQuota", 2);
            Entry("GroupsPerUserQuota", GroupElements.MaxGroupsOfUser);
            Entry("Providers", account.Providers.Count);
            Entry("InstanceProfiles", 0);
            Entry("InstanceProfilesQuota", 1000);
            Entry("ServerCertificates", 0);
            Entry("ServerCertificatesQuota", 20);
            Entry("MFADevices", 0);
            Entry("MFADevicesInUse", 0);
            Entry("AccountMFAEnabled", 0);
            Entry("AccountAccessKeysPresent", 1);
            Entry("AccountSigningCertificatesPresent", 0);
            Entry("AccountPasswordPresent", 0);
            Entry("GlobalEndpointTokenVersion", 2);
            xml.Close("SummaryMap");

            void Entry(string key, int value) => xml.Open("entry").Element("key", key).Element("value", value).Close("entry");
        });
    }
}
