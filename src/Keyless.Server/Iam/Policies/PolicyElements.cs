using System.Text.RegularExpressions;
using Keyless.Language.Policy.Document;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Iam.Policies;

/// <summary>Which of a policy's elements an answer has.</summary>
internal enum PolicyDetail
{
    /// <summary>CreatePolicy: no description, tags if there are any.</summary>
    Created,

    /// <summary>GetPolicy: everything.</summary>
    Whole,

    /// <summary>ListPolicies: neither description nor tags.</summary>
    Listed,
}

/// <summary>What operations on managed policies share. IAM API Reference, <c>Policy</c> and <c>PolicyVersion</c>.</summary>
internal static partial class PolicyElements
{
    public const int MaxPolicies = 1500;
    public const int MaxVersions = 5;
    public const int MaxSize = 6144;

    public static ParameterPattern VersionId { get; } = new(@"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?", text => VersionIdPattern().IsMatch(text), "a version id", "a `v` and a number, as `v2`") { ByLetter = false };

    public static AwsError? DocumentFault(string json) => Documents.Fault(json, PolicyKind.Identity, managed: true);

    /// <summary>A policy that the account may change; the error for any other.</summary>
    public static ManagedPolicy? FindOwn(IamAccount account, string arn, out AwsError? error)
    {
        error = ManagedPolicies.ArnFault(arn);
        if (error is not null)
        {
            return null;
        }

        if (account.Policies.TryGetValue(arn, out var policy))
        {
            return policy;
        }

        error = ManagedPolicies.Exists(account, arn)
            ? CommonErrors.AccessDenied($"Policy {arn} is managed by AWS and cannot be changed.") with
            {
                Reason = $"`{ManagedPolicies.NameOf(arn)}` is AWS's own policy, which no account changes",
                Mend = "create a policy of the account with the statements you want",
            }
            : IamErrors.NoPolicy(account, arn);
        return null;
    }

    /// <summary>Changes a version that the request names, of a policy that the account may change.</summary>
    /// <param name="change">What becomes of the policy, or why nothing does.</param>
    public static AwsResponse ChangeVersion(IamCall call, Func<ManagedPolicy, PolicyVersionEntry, (ManagedPolicy? Changed, AwsError? Error)> change)
    {
        var arn = call.Check.Required("PolicyArn", 20, 2048);
        var id = call.Check.Required("VersionId", 0, int.MaxValue, VersionId);
        return call.Check.Error ?? call.Write((transaction, account) =>
        {
            if (FindOwn(account, arn, out var error) is not { } policy)
            {
                return error!.Code == "NoSuchEntity" ? IamErrors.NoVersion(call.Entities, arn, id) : error;
            }

            if (policy.Versions.FirstOrDefault(version => version.Id == id) is not { } found)
            {
                return IamErrors.NoVersion(call.Entities, arn, id);
            }

            var (changed, refusal) = change(policy, found);
            if (changed is null)
            {
                return refusal!;
            }

            transaction.Put(changed);
            return call.Done();
        });
    }

    /// <summary>Why a policy cannot be deleted yet; null when nothing uses it.</summary>
    public static AwsError? UsesInTheWay(IamAccount account, ManagedPolicy policy)
    {
        var attached = account.Identities.Where(identity => identity.AttachedPolicies.Contains(policy.Arn)).ToList();
        var bounded = account.Identities.Where(identity => identity.Boundary == policy.Arn).ToList();
        return (attached, bounded) switch
        {
            ([], []) => null,
            ([_, ..], _) => Conflict("attached to", attached, kind => $"detach-{kind.Word}-policy", $" --policy-arn {policy.Arn}"),
            _ => Conflict("the permissions boundary of", bounded, kind => $"delete-{kind.Word}-permissions-boundary", ""),
        };

        AwsError Conflict(string how, List<Identity> identities, Func<IdentityKind, string> command, string rest) => IamErrors.DeleteConflict(
            "Cannot delete a policy attached to entities.",
            $"policy `{policy.Name}` is still {how} {string.Join(", ", identities.Take(3).Select(identity => $"{KindOf(identity).Word} `{identity.Name}`"))}{(identities.Count > 3 ? $" and {identities.Count - 3} more" : "")}",
            string.Join(" and ", identities.Take(3).Select(identity => $"`aws iam {command(KindOf(identity))} {KindOf(identity).Option} {identity.Name}{rest}`")));

        static IdentityKind KindOf(Identity identity) => identity switch
        {
            Role => IdentityKind.Role,
            User => IdentityKind.User,
            _ => IdentityKind.Group,
        };
    }

    public static int Attachments(IamAccount account, string arn) =>
        account.Identities.Count(identity => identity.AttachedPolicies.Contains(arn));

    public static int BoundaryUses(IamAccount account, string arn) =>
        account.Identities.Count(identity => identity.Boundary == arn);

    public static void Write(XmlOut xml, string element, IamAccount account, ManagedPolicy policy, PolicyDetail detail)
    {
        xml.Open(element)
            .Element("PolicyName", policy.Name)
            .Element("PolicyId", policy.Id)
            .Element("Arn", policy.Arn)
            .Element("Path", policy.Path)
            .Element("DefaultVersionId", $"v{policy.DefaultVersion}")
            .Element("AttachmentCount", Attachments(account, policy.Arn))
            .Element("PermissionsBoundaryUsageCount", BoundaryUses(account, policy.Arn))
            .Element("IsAttachable", true);
        if (detail == PolicyDetail.Whole)
        {
            xml.Optional("Description", policy.Description);
        }

        xml.Element("CreateDate", policy.CreatedAt).Element("UpdateDate", policy.UpdatedAt);
        if (detail == PolicyDetail.Whole || (detail == PolicyDetail.Created && !policy.Tags.IsEmpty))
        {
            Tagging.Write(xml, detail == PolicyDetail.Created ? policy.Tags : policy.Tags.OrderBy(tag => tag.Key, Tagging.ByLength));
        }

        xml.Close(element);
    }

    public static void WriteVersion(XmlOut xml, string element, ManagedPolicy policy, PolicyVersionEntry version, bool withDocument)
    {
        xml.Open(element);
        if (withDocument)
        {
            xml.Element("Document", Documents.Encoded(version.Policy.Json));
        }

        xml.Element("VersionId", version.Id)
            .Element("IsDefaultVersion", version.Number == policy.DefaultVersion)
            .Element("CreateDate", version.CreatedAt)
            .Close(element);
    }

    [GeneratedRegex(@"^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?\z")]
    private static partial Regex VersionIdPattern();
}
