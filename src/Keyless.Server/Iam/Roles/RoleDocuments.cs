using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Roles;

/// <summary>Trust policies at the door, and the elements that all answers about roles share. IAM API Reference, <c>Role</c>.</summary>
internal static class RoleDocuments
{
    public const int MaxRoles = 1000;
    public const int MaxTrustSize = 2048;

    /// <summary>Why AWS would not take a trust policy; null when it would.</summary>
    public static AwsError? TrustFault(string json) =>
        Documents.Fault(json, PolicyKind.Trust)
        ?? (Documents.Size(json) > MaxTrustSize ? IamErrors.LimitExceeded("ACLSizePerRole", MaxTrustSize) : null);

    /// <summary>Path, name, id, ARN, date and trust policy.</summary>
    public static void WriteHead(XmlOut xml, Role role, string trustPolicy) => xml
        .Element("Path", role.Path)
        .Element("RoleName", role.Name)
        .Element("RoleId", role.Id)
        .Element("Arn", role.Arn)
        .Element("CreateDate", role.CreatedAt)
        .Element("AssumeRolePolicyDocument", Documents.Encoded(trustPolicy));
}
