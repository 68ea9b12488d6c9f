using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Roles;

/// <summary>Trust policies at the door, and the elements that all answers about roles share. IAM API Reference, <c>Role</c>.</summary>
internal static class RoleDocuments
{
    public const int MaxRoles = 1000;
    public const int MaxTrustSize = 2048;

    /// <summary>Why AWS would not take a trust policy; null when it would. Users and roles that it names must exist.</summary>
    public static AwsError? TrustFault(string json, IamState state, string ownAccount)
    {
        if (Documents.Fault(json, PolicyKind.Trust) is { } malformed)
        {
            return malformed;
        }

        var missing = new StoredPolicy(json).Compiled(PolicyKind.Trust, "trust policy").Document.Statements
            .SelectMany(statement => statement.Principal?.Values ?? [])
            .FirstOrDefault(principal => principal.Type == PrincipalType.Aws && IsMissing(state, ownAccount, principal.Text));
        return missing is null ? null : Absent(state, missing.Text);
    }

    private static AwsError Absent(IamState state, string arn)
    {
        var (account, kind, name) = (arn.Split(':')[4], IdentityKind.OfArn(arn)!, arn[(arn.LastIndexOf('/') + 1)..]);
        var entities = state.Account(account);
        var same = kind.Find(entities, name);
        var near = same is null ? Suggest.Nearest(name, kind.Names(entities)) : null;
        var meant = same?.Arn ?? (near is null ? null : kind.Find(entities, near)!.Arn);
        return CommonErrors.MalformedPolicyDocument($"Invalid principal in policy: \"AWS\":\"{arn}\"") with
        {
            Reason = same is not null
                ? $"the trust policy trusts `{arn}`, and account `{account}` has that {kind.Word} only with another path or spelling: `{same.Arn}`"
                : $"the trust policy trusts {kind.Word} `{name}`, and account `{account}` has none of that name{(near is null ? "" : $"; did you mean `{near}`?")} (`{arn}`)",
            Mend = meant is null ? $"create the {kind.Word} first, or trust the account: `arn:aws:iam::{account}:root`" : $"write `{meant}`",
        };
    }

    // Entities of accounts that live elsewhere cannot be looked up; an account in which nothing was made yet has no entry.
    private static bool IsMissing(IamState state, string ownAccount, string arn) =>
        arn.Split(':') is ["arn", "aws", "iam", "", { Length: 12 } account, var resource]
        && (account == ownAccount || state.Accounts.ContainsKey(account))
        && ((resource.StartsWith("role/", StringComparison.Ordinal) && state.RoleByArn(arn) is null)
            || (resource.StartsWith("user/", StringComparison.Ordinal) && state.UserByArn(arn) is null));

    /// <summary>Path, name, id, ARN, date and trust policy.</summary>
    public static void WriteHead(XmlOut xml, Role role, string trustPolicy) => xml
        .Element("Path", role.Path)
        .Element("RoleName", role.Name)
        .Element("RoleId", role.Id)
        .Element("Arn", role.Arn)
        .Element("CreateDate", role.CreatedAt)
        .Element("AssumeRolePolicyDocument", Documents.Encoded(trustPolicy));
}
