using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.S3;

/// <summary>A request of the REST-XML protocol of S3: what its host, path and query name, and once it is known, its bucket.</summary>
public sealed class S3Request(HttpContext http, RawTarget target, DateTimeOffset receivedAt, S3Service service, S3Address address, S3Query query)
    : AwsRequest(http, target, receivedAt)
{
    private Bucket? _bucket;
    private bool _reading;

    public S3Service Service { get; } = service;

    public S3Query Query { get; } = query;

    /// <summary>Null for requests to the service itself.</summary>
    public string? BucketName { get; } = address.Bucket;

    /// <summary>The key of an object request.</summary>
    public string Key { get; } = address.Key ?? "";

    public bool HasKey { get; } = address.Key is not null;

    /// <summary>The bucket, which <see cref="S3Operation"/> found before anything else.</summary>
    public Bucket Bucket
    {
        get => _bucket ?? throw new InvalidOperationException("the operation did not ask for a bucket");
        internal set => _bucket = value;
    }

    /// <summary>The bucket, or null when the request names none, or none that exists.</summary>
    public Bucket? FoundBucket => _bucket;

    /// <summary>What the path names, for messages and the log.</summary>
    public string Resource => HasKey ? $"/{BucketName}/{Key}" : $"/{BucketName}";

    public string ObjectArn => $"arn:aws:s3:::{BucketName}/{Key}";

    /// <summary>A version that the request names; null for the current one.</summary>
    public string? VersionId => Query["versionId"] is { Length: > 0 } version ? version : null;

    /// <summary>The version that the request is about. Its bytes stay readable until the request ends.</summary>
    public StoredObject? FindObject(BucketStore buckets)
    {
        if (!_reading)
        {
            _reading = true;
            Http.Response.RegisterForDispose(buckets.Files.BeginRead());
        }

        return buckets.FindObject(Bucket, Key, VersionId);
    }

    /// <summary>The permission on this request's object.</summary>
    public Permission OnObject(string action) => On(Bucket, action, ObjectArn);

    /// <summary>The permission on this request's object, or on the version that the request names.</summary>
    public Permission OnVersion(string action, string versionAction) =>
        VersionId is { } version ? OnObject(versionAction) with { Keys = [new("s3:versionid", version)] } : OnObject(action);

    /// <summary>The permission on this request's bucket.</summary>
    public Permission OnBucket(string action) => On(Bucket, action, Bucket.Arn);

    /// <summary>A permission on a bucket or something in it, judged also by the bucket's policy as far as public access is not blocked.</summary>
    public Permission On(Bucket bucket, string action, string resource) => new(action, resource)
    {
        ResourceAccount = bucket.Account,
        ResourcePolicy = BucketPolicy.For(bucket, Caller),
    };

    /// <summary>Asks the policies for something the operation did not declare; null when allowed.</summary>
    public Denial? Check(Permission permission)
    {
        var denial = Service.Access.Check(Service, this, permission);
        DeniedWithin ??= denial;
        return denial;
    }

    /// <summary>The whole body, verified against every hash and checksum that came with it.</summary>
    public async ValueTask<Parsed<byte[]>> ReadBody(int limit)
    {
        var (payload, error) = Payload.Open(this);
        if (payload is null)
        {
            return error!;
        }

        using (payload)
        {
            (var body, error) = await payload.ReadAll(limit, Aborted);
            if (body is null)
            {
                return error!;
            }

            return ContentMd5.Verify(this, System.Security.Cryptography.MD5.HashData(body)) is { } mismatch ? mismatch : body;
        }
    }

    /// <summary>The body as XML; an error when there is none or it is not well-formed.</summary>
    public async ValueTask<Parsed<XmlTree>> ReadXml(int limit = 256 << 10)
    {
        if (!(await ReadBody(limit)).Succeeds(out var body, out var error))
        {
            return error;
        }

        if (body.Length == 0)
        {
            return S3Errors.MissingRequestBody();
        }

        return XmlTree.Read(body, out var fault) is { } tree ? tree : S3Errors.MalformedXml(fault);
    }

    /// <summary>What a parameter with a number says; the default when it is absent.</summary>
    public Parsed<int> Number(string name, int absent, int cap)
    {
        if (Query[name] is not { } text || text.Length == 0)
        {
            return absent;
        }

        if (!int.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, null, out var number))
        {
            return S3Errors.InvalidArgument($"Provided {name} not an integer or within integer range", name, text);
        }

        return number < 0
            ? S3Errors.InvalidArgument($"Argument {name} must be an integer between 0 and 2147483647", name, text)
            : Math.Min(number, cap);
    }
}
