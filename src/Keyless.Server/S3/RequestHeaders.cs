using System.Collections.Immutable;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>What the headers of a write say about the object to be. API Reference, <c>PutObject</c>.</summary>
internal static class RequestHeaders
{
    private static readonly ImmutableArray<string> StorageClasses =
    [
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR",
    ];

    // What would promise a protection that is not given must not be accepted in silence.
    private static readonly ImmutableArray<string> NotImplemented =
    [
        "x-amz-server-side-encryption-customer-algorithm", "x-amz-server-side-encryption-customer-key", "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-context", "x-amz-write-offset-bytes",
    ];

    private static readonly ImmutableArray<string> Locks =
        ["x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"];

    /// <summary>The headers that stay with the object.</summary>
    public static Parsed<ObjectHeaders> Read(S3Request request)
    {
        var values = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var name in ObjectHeaders.System)
        {
            var value = request.Header(name);
            if (name == "content-encoding" && value is not null)
            {
                value = ObjectHeaders.WithoutAwsChunked(value);
            }

            if (!string.IsNullOrEmpty(value))
            {
                values.Add(new(name, value));
            }
        }

        foreach (var header in request.Http.Request.Headers)
        {
            if (header.Key.StartsWith(ObjectHeaders.MetaPrefix, StringComparison.OrdinalIgnoreCase))
            {
                values.Add(new(header.Key.ToLowerInvariant(), header.Value.ToString()));
            }
        }

        var headers = new ObjectHeaders(values.DrainToImmutable());
        return Fault(request, headers) is { } fault ? fault : headers;
    }

    /// <summary>The tags of <c>x-amz-tagging</c>.</summary>
    public static Parsed<TagSet> Tags(S3Request request) =>
        request.Header("x-amz-tagging") is { Length: > 0 } header ? TagSet.ParseHeader(header) : TagSet.Empty;

    /// <summary>The permissions of a write to the request's key: the object's, and those of its tags and ACL.</summary>
    public static ImmutableArray<Permission> Permissions(S3Request request)
    {
        var keys = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        Add("s3:x-amz-acl", "x-amz-acl");
        Add("s3:x-amz-storage-class", "x-amz-storage-class");
        Add("s3:x-amz-server-side-encryption", "x-amz-server-side-encryption");
        Add("s3:x-amz-server-side-encryption-aws-kms-key-id", "x-amz-server-side-encryption-aws-kms-key-id");
        Add("s3:x-amz-server-side-encryption-customer-algorithm", "x-amz-server-side-encryption-customer-algorithm");
        Add("s3:x-amz-website-redirect-location", "x-amz-website-redirect-location");
        Add("s3:x-amz-copy-source", "x-amz-copy-source");
        Add("s3:x-amz-metadata-directive", "x-amz-metadata-directive");
        Add("s3:if-match", "If-Match");
        Add("s3:if-none-match", "If-None-Match");
        foreach (var header in Acl.Headers.Where(header => header != "x-amz-acl"))
        {
            Add("s3:" + header, header);
        }

        var tags = Tags(request).Value ?? TagSet.Empty;
        foreach (var (key, value) in tags.Tags)
        {
            keys.Add(new("s3:RequestObjectTag/" + key, value));
        }

        var put = request.OnObject("s3:PutObject") with
        {
            Keys = keys.DrainToImmutable(),
            MultivaluedKeys = tags.Count == 0 ? [] : [new("s3:RequestObjectTagKeys", [.. tags.Tags.Select(tag => tag.Key)])],
        };
        var all = ImmutableArray.Create(put);
        if (request.Header("x-amz-tagging") is not null)
        {
            all = all.Add(put with { Action = "s3:PutObjectTagging" });
        }

        return Acl.Headers.Any(header => request.Header(header) is not null) ? all.Add(put with { Action = "s3:PutObjectAcl" }) : all;

        void Add(string key, string header)
        {
            if (request.Header(header) is { } value)
            {
                keys.Add(new(key, value));
            }
        }
    }

    /// <summary>The conditions of a write.</summary>
    public static Parsed<WriteCondition> Condition(S3Request request)
    {
        var (match, noneMatch) = (request.Header("If-Match"), request.Header("If-None-Match"));
        if (match is not null && noneMatch is not null)
        {
            return S3Errors.NotImplemented("If-Match,If-None-Match");
        }

        if (noneMatch is not null)
        {
            return noneMatch == "*" ? new WriteCondition(MustNotExist: true, null) : S3Errors.NotImplemented("If-None-Match");
        }

        return match switch
        {
            null => WriteCondition.None,
            "*" => S3Errors.NotImplemented("If-Match"),
            _ => new WriteCondition(MustNotExist: false, Preconditions.Unquoted(match).ToString()),
        };
    }

    /// <summary>What S3 answers when a write did not happen.</summary>
    public static AwsError Refused(S3Request request, PutOutcome outcome) => outcome switch
    {
        PutOutcome.NoSuchBucket => S3Errors.NoSuchBucket(request.Bucket.Name),
        PutOutcome.NoSuchKey => S3Errors.NoSuchKey(request.Bucket.Name, request.Key),
        PutOutcome.ConditionFailed failed => S3Errors.PreconditionFailed(failed.Header, Preconditions.Cause(failed.Header, request.Header(failed.Header), request.FindObject(request.Service.Buckets))),
        PutOutcome.NoSuchUpload => S3Errors.NoSuchUpload(request.Query["uploadId"] ?? ""),
        PutOutcome.InvalidPart part => S3Errors.InvalidPart(request.Query["uploadId"] ?? "", part.Number, part.ETag, "was uploaded anew while the list was read"),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>What S3 has against the request's headers; null when nothing.</summary>
    private static AwsError? Fault(S3Request request, ObjectHeaders headers)
    {
        if (headers.MetadataSize is > ObjectHeaders.MaxMetadata and var size)
        {
            return S3Errors.MetadataTooLarge(size);
        }

        if (!StorageClasses.Contains(headers.StorageClass))
        {
            return S3Errors.InvalidStorageClass(headers.StorageClass);
        }

        if (headers.WebsiteRedirect is { } redirect && !IsRedirect(redirect))
        {
            return new AwsError(
                "InvalidRedirectLocation", 400, "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.");
        }

        if (Locks.FirstOrDefault(header => request.Header(header) is not null) is not null)
        {
            return S3Errors.InvalidRequest("Bucket is missing Object Lock Configuration") with
            {
                Reason = $"the request asks for an object lock, and `{request.Bucket.Name}` has none: this server does not lock objects",
                Mend = "leave the `x-amz-object-lock-` headers out",
            };
        }

        if (NotImplemented.FirstOrDefault(header => request.Header(header) is not null) is { } unknown)
        {
            return S3Errors.NotImplemented(unknown) with
            {
                Reason = $"the header `{unknown}` asks for something that this server does not do",
                Mend = $"leave `{unknown}` out",
            };
        }

        return request.Header("x-amz-server-side-encryption") switch
        {
            null or "AES256" => Acl.HeaderFault(request, request.Bucket.Ownership, request.Bucket.PublicAccessBlock?.BlockPublicAcls == true),
            "aws:kms" or "aws:kms:dsse" => S3Errors.NotImplemented("x-amz-server-side-encryption") with
            {
                Reason = $"the request asks for encryption with `{request.Header("x-amz-server-side-encryption")}`, and there is no key management service here",
                Mend = "send `x-amz-server-side-encryption: AES256` (`--sse AES256`), or no such header",
            },
            var other => S3Errors.InvalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", other),
        };
    }

    private static bool IsRedirect(string location) =>
        location.StartsWith('/')
        || location.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || location.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
