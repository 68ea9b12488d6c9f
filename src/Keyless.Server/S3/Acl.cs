using System.Collections.Immutable;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>
/// Access control lists, as far as a server without them needs to know them: the owner has full control, and whatever would say
/// otherwise is refused with AWS's errors. S3 User Guide, "Access control list (ACL) overview".
/// </summary>
internal static class Acl
{
    public static readonly ImmutableArray<string> Headers =
    [
        "x-amz-acl", "x-amz-grant-full-control", "x-amz-grant-read", "x-amz-grant-read-acp", "x-amz-grant-write", "x-amz-grant-write-acp",
    ];

    private static readonly ImmutableArray<string> Canned =
    [
        "private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control",
        "log-delivery-write",
    ];

    public static void Write(XmlOut xml, string account) => xml
        .Open("AccessControlPolicy", S3Xml.Namespace)
        .Owner(account)
        .Open("AccessControlList")
        .Open("Grant")
        .Raw("<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">")
        .Element("ID", S3Xml.CanonicalUser(account))
        .Element("DisplayName", account)
        .Close("Grantee")
        .Element("Permission", "FULL_CONTROL")
        .Close("Grant")
        .Close("AccessControlList")
        .Close("AccessControlPolicy");

    /// <summary>What is wrong with the ACL headers of a request that creates something; null when they change nothing.</summary>
    public static AwsError? HeaderFault(AwsRequest request, string? ownership, bool blockPublicAcls)
    {
        if (request.Header("x-amz-acl") is { } canned)
        {
            if (!Canned.Contains(canned))
            {
                return S3Errors.InvalidArgument("", "x-amz-acl", canned) with { Reason = $"`x-amz-acl` is `{canned}`, none of {string.Join(", ", Canned.Select(name => $"`{name}`"))}", Mend = "leave the ACL out, or write `private`" };
            }

            if (canned is "bucket-owner-full-control" || (canned is "private" && ownership != ObjectOwnership.Enforced))
            {
                return null;
            }

            return Refusal(ownership, blockPublicAcls, isPublic: canned is "public-read" or "public-read-write" or "authenticated-read");
        }

        foreach (var header in Headers)
        {
            if (request.Header(header) is { } grant)
            {
                return Refusal(ownership, blockPublicAcls, IsPublic(grant));
            }
        }

        return null;
    }

    /// <summary>What is wrong with a request that puts an ACL, in headers or as XML.</summary>
    public static async ValueTask<AwsError?> Fault(S3Request request, Bucket bucket)
    {
        var block = bucket.PublicAccessBlock?.BlockPublicAcls == true;
        if (Headers.Any(header => request.Header(header) is not null))
        {
            // Unlike on creation, `private` is what the ACL is already.
            return request.Header("x-amz-acl") is "private" ? null : HeaderFault(request, bucket.Ownership, block);
        }

        if (!(await request.ReadXml()).Succeeds(out var xml, out var error))
        {
            return error;
        }

        if (xml.Name != "AccessControlPolicy" || xml.Child("AccessControlList") is not { } grants)
        {
            return new AwsError("MalformedACLError", 400, "The XML you provided was not well-formed or did not validate against our published schema");
        }

        foreach (var grant in grants.All("Grant"))
        {
            var grantee = grant.Child("Grantee");
            if (grantee?["ID"] != S3Xml.CanonicalUser(bucket.Account) || grant["Permission"] != "FULL_CONTROL")
            {
                return Refusal(bucket.Ownership, block, IsPublic(grantee?["URI"] ?? ""));
            }
        }

        return null;
    }

    private static bool IsPublic(string grant) =>
        grant.Contains("/groups/global/AllUsers", StringComparison.Ordinal) || grant.Contains("/groups/global/AuthenticatedUsers", StringComparison.Ordinal);

    private static AwsError Refusal(string? ownership, bool blockPublicAcls, bool isPublic)
    {
        const string instead = "leave the ACL out, and grant access with a bucket policy: `aws s3api put-bucket-policy`";
        return ownership == ObjectOwnership.Enforced ? S3Errors.AccessControlListNotSupported() with
            {
                Reason = "the request has an ACL, and ACLs are off in the bucket: its Object Ownership is `BucketOwnerEnforced`",
                Mend = instead,
            }
            : blockPublicAcls && isPublic ? S3Errors.AccessDenied() with
            {
                Reason = "the request has a public ACL, which `BlockPublicAcls` of the bucket's Block Public Access refuses",
                Mend = instead,
            }
            : S3Errors.NotImplemented("x-amz-acl") with { Reason = "the request has an ACL that grants something to others, which this server does not do", Mend = instead, IsAboutAccess = true };
    }
}
