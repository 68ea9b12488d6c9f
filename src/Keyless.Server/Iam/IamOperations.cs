using Keyless.Server.Aws;
using Keyless.Server.Iam.Groups;
using Keyless.Server.Iam.OidcProviders;
using Keyless.Server.Iam.Outbound;
using Keyless.Server.Iam.Policies;
using Keyless.Server.Iam.Roles;
using Keyless.Server.Iam.Simulation;
using Keyless.Server.Iam.Users;
using Keyless.Server.Iam.Users.Absent;

namespace Keyless.Server.Iam;

/// <summary>Every operation of IAM, one row each.</summary>
internal static class IamOperations
{
    public static Operation[] All(IamService iam) =>
    [
        new CreateOpenIDConnectProvider(iam),
        new GetOpenIDConnectProvider(iam),
        new ListOpenIDConnectProviders(iam),
        new DeleteOpenIDConnectProvider(iam),
        new UpdateOpenIDConnectProviderThumbprint(iam),
        new AddClientIDToOpenIDConnectProvider(iam),
        new RemoveClientIDFromOpenIDConnectProvider(iam),
        new TagOpenIDConnectProvider(iam),
        new UntagOpenIDConnectProvider(iam),
        new ListOpenIDConnectProviderTags(iam),

        new EnableOutboundWebIdentityFederation(iam),
        new DisableOutboundWebIdentityFederation(iam),
        new GetOutboundWebIdentityFederationInfo(iam),

        new PutRolePolicy(iam),
        new GetRolePolicy(iam),
        new ListRolePolicies(iam),
        new DeleteRolePolicy(iam),
        new AttachRolePolicy(iam),
        new DetachRolePolicy(iam),
        new ListAttachedRolePolicies(iam),
        new PutRolePermissionsBoundary(iam),
        new DeleteRolePermissionsBoundary(iam),
        new TagRole(iam),
        new UntagRole(iam),
        new ListRoleTags(iam),
        new CreateRole(iam),
        new GetRole(iam),
        new ListRoles(iam),
        new UpdateRole(iam),
        new UpdateRoleDescription(iam),
        new DeleteRole(iam),
        new UpdateAssumeRolePolicy(iam),
        new ListInstanceProfilesForRole(iam),

        new CreatePolicy(iam),
        new GetPolicy(iam),
        new ListPolicies(iam),
        new DeletePolicy(iam),
        new CreatePolicyVersion(iam),
        new GetPolicyVersion(iam),
        new ListPolicyVersions(iam),
        new DeletePolicyVersion(iam),
        new SetDefaultPolicyVersion(iam),
        new ListEntitiesForPolicy(iam),
        new TagPolicy(iam),
        new UntagPolicy(iam),
        new ListPolicyTags(iam),

        new PutUserPolicy(iam),
        new GetUserPolicy(iam),
        new ListUserPolicies(iam),
        new DeleteUserPolicy(iam),
        new AttachUserPolicy(iam),
        new DetachUserPolicy(iam),
        new ListAttachedUserPolicies(iam),
        new PutUserPermissionsBoundary(iam),
        new DeleteUserPermissionsBoundary(iam),
        new TagUser(iam),
        new UntagUser(iam),
        new ListUserTags(iam),
        new CreateUser(iam),
        new GetUser(iam),
        new ListUsers(iam),
        new UpdateUser(iam),
        new DeleteUser(iam),
        new ListGroupsForUser(iam),
        new CreateAccessKey(iam),
        new ListAccessKeys(iam),
        new UpdateAccessKey(iam),
        new DeleteAccessKey(iam),
        new GetAccessKeyLastUsed(iam),
        new ListSSHPublicKeys(iam),
        new ListMFADevices(iam),
        new ListVirtualMFADevices(iam),
        new ListSigningCertificates(iam),
        new ListServiceSpecificCredentials(iam),
        new GetLoginProfile(iam),
        new DeleteLoginProfile(iam),

        new PutGroupPolicy(iam),
        new GetGroupPolicy(iam),
        new ListGroupPolicies(iam),
        new DeleteGroupPolicy(iam),
        new AttachGroupPolicy(iam),
        new DetachGroupPolicy(iam),
        new ListAttachedGroupPolicies(iam),
        new CreateGroup(iam),
        new GetGroup(iam),
        new ListGroups(iam),
        new UpdateGroup(iam),
        new DeleteGroup(iam),
        new AddUserToGroup(iam),
        new RemoveUserFromGroup(iam),

        new GetContextKeysForCustomPolicy(iam),
        new GetContextKeysForPrincipalPolicy(iam),
        new SimulateCustomPolicy(iam),
        new SimulatePrincipalPolicy(iam),

        new GetAccountSummary(iam),
        new ListAccountAliases(iam),
    ];
}
