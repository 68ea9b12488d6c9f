using System.Collections.Immutable;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>What <c>x-amz-copy-source</c> names: <c>[/]bucket/key[?versionId=...]</c>, percent-encoded. API Reference, <c>CopyObject</c>.</summary>
internal sealed record CopySource(Bucket Bucket, string Key, string? Version)
{
    private const string Header = "x-amz-copy-source";

    public static Parsed<CopySource> Find(S3Request request, BucketStore buckets)
    {
        var header = request.Header(Header)!;
        var text = header.StartsWith('/') ? header[1..] : header;
        string? version = null;
        if (text.LastIndexOf("?versionId=", StringComparison.Ordinal) is >= 0 and var question)
        {
            (text, version) = (text[..question], text[(question + "?versionId=".Length)..]);
        }

        // Clients differ in what they encode: a slash between bucket and key may come as %2F, a blank as `+`, as in a form.
        if (PercentEncoding.Decode(text.Replace('+', ' ')) is not { } decoded || decoded.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash) || slash + 1 == decoded.Length)
        {
            return S3Errors.InvalidArgument(
                "Invalid copy source object key", Header, header) with { Reason = $"expected `bucket/key`, got `{header}`" };
        }

        if (ObjectRead.VersionFault(version) is { } fault)
        {
            return fault;
        }

        var (name, key) = (decoded[..slash], decoded[(slash + 1)..]);
        return buckets.Find(name) is { } bucket
            ? request.Header("x-amz-source-expected-bucket-owner") is { } owner && owner != bucket.Account
                ? S3Errors.AccessDenied() with { Reason = $"`{name}` belongs to account `{bucket.Account}`; the request expects `{owner}`", Mend = $"pass `--expected-source-bucket-owner {bucket.Account}`, or leave it out" }
                : new CopySource(bucket, key, version)
            : S3Errors.NoSuchBucket(name);
    }

    /// <summary>What reading the source needs.</summary>
    public ImmutableArray<Permission> Permissions(S3Request request, bool withTags)
    {
        var arn = $"{Bucket.Arn}/{Key}";
        var permissions = ImmutableArray.Create(On("s3:GetObject", "s3:GetObjectVersion"));
        var tagged = withTags && request.Service.Buckets.FindObject(Bucket, Key, Version) is { Tags.Count: > 0 };
        return tagged
            ? permissions.Add(On("s3:GetObjectTagging", "s3:GetObjectVersionTagging")).Add(request.OnObject("s3:PutObjectTagging"))
            : permissions;

        Permission On(string action, string versionAction)
        {
            var permission = request.On(Bucket, Version is null ? action : versionAction, arn);
            return Version is null ? permission : permission with { Keys = [new("s3:versionid", Version)] };
        }
    }

    /// <summary>The object itself, if it is there and the <c>x-amz-copy-source-if-*</c> conditions hold.</summary>
    public Parsed<StoredObject> Read(S3Request request, BucketStore buckets)
    {
        // Its files must stay until they are copied.
        request.Http.Response.RegisterForDispose(buckets.Files.BeginRead());
        var stored = buckets.FindObject(Bucket, Key, Version);
        if (stored is null or { IsDeleteMarker: true })
        {
            if (stored is not null && Version is not null)
            {
                return S3Errors.InvalidRequest("The source of a copy request may not specifically refer to a delete marker by version id.");
            }

            return Version is null ? Missing(request) : S3Errors.NoSuchVersion(Key, Version);
        }

        return Preconditions.Read(request.Header, "x-amz-copy-source-").Judge(stored.ETag, stored.Modified, request.ReceivedAt) switch
        {
            PreconditionOutcome.Failed failed => Refused(failed.Header),
            PreconditionOutcome.NotModified same => Refused(same.Header),
            _ => stored,
        };

        AwsError Refused(string header) =>
            S3Errors.PreconditionFailed("x-amz-copy-source-" + header, "of the source, " + Preconditions.Cause(header, request.Header("x-amz-copy-source-" + header), stored));
    }

    private AwsError Missing(S3Request request) =>
        request.Check(request.On(Bucket, "s3:ListBucket", Bucket.Arn) with { Keys = [new("s3:prefix", Key)] }) is { } denial
            ? request.Service.Denied(request, denial) with
            {
                Reason = $"the source `{Bucket.Name}/{Key}` does not exist; S3 says so only to those who may `s3:ListBucket` on `{Bucket.Arn}`",
            }
            : S3Errors.NoSuchKey(Bucket.Name, Key);
}
