using Keyless.Language.Diagnostics;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>One operation of S3. The base finds the bucket: S3 says <c>NoSuchBucket</c> to everyone, before it asks what they may.</summary>
public abstract class S3Operation(BucketStore buckets) : Operation
{
    protected BucketStore Buckets { get; } = buckets;

    /// <summary>An unsigned request is anonymous, and a bucket policy may allow it.</summary>
    public override SignatureRule Signature => SignatureRule.Optional;

    /// <summary>Where the operation is found: method, path and sub-resource.</summary>
    public abstract S3Route Route { get; }

    /// <summary>False for the few that are not about an existing bucket.</summary>
    protected virtual bool IsAboutBucket => true;

    public sealed override Needs Needs(AwsRequest request)
    {
        var s3 = (S3Request)request;
        if (!IsAboutBucket)
        {
            return Permissions(s3);
        }

        if (Buckets.Find(s3.BucketName!) is not { } bucket)
        {
            return BucketName.Fault(s3.BucketName!) is null ? NoSuchBucket(s3) : S3Errors.InvalidBucketName(s3.BucketName!);
        }

        s3.Bucket = bucket;
        Cors.AddHeaders(s3, bucket);

        // Guards against a bucket that was deleted and created anew by someone else.
        return s3.Header("x-amz-expected-bucket-owner") is { } owner && owner != bucket.Account
            ? S3Errors.AccessDenied() with { Reason = $"`{bucket.Name}` belongs to account `{bucket.Account}`; the request expects `{owner}`", Mend = $"pass `--expected-bucket-owner {bucket.Account}`, or leave it out" }
            : Permissions(s3);
    }

    public sealed override ValueTask<AwsResponse> Run(AwsRequest request) => Run((S3Request)request);

    /// <summary>What the caller must be allowed.</summary>
    protected abstract Needs Permissions(S3Request request);

    protected abstract ValueTask<AwsResponse> Run(S3Request request);

    protected static ValueTask<AwsResponse> Answer(AwsResponse response) => new(response);

    /// <summary>Stores a setting of the request's bucket, or removes it; the error when the bucket is gone.</summary>
    protected async ValueTask<AwsResponse?> Save(S3Request request, string setting, string? value) =>
        await Buckets.Set(request.Bucket.Name, setting, value) ? null : (AwsResponse)NoSuchBucket(request);

    /// <summary>The answer for a bucket that does not exist, with the names that were perhaps meant.</summary>
    protected AwsError NoSuchBucket(S3Request request, string? name = null)
    {
        name ??= request.BucketName!;

        // Names of buckets are told to their owners only, and only in the log and the decision record.
        var known = request.Caller.Account is { } account ? Buckets.List(account).Select(bucket => bucket.Name).ToList() : [];
        var near = Suggest.Nearest(name, known);
        return S3Errors.NoSuchBucket(name) with
        {
            Reason = $"there is no bucket `{name}`" + (near is not null ? $"; did you mean `{near}`?" : known.Count switch
            {
                0 => ", and the account has no bucket at all",
                <= 3 => $"; the account has {string.Join(", ", known.Select(bucket => $"`{bucket}`"))}",
                _ => $" among the account's {known.Count} buckets",
            }),
            Mend = near is null ? $"create it, with `aws s3 mb s3://{name}` or a template" : $"write `{near}`",
        };
    }
}

/// <summary>What a request is about.</summary>
public enum S3Scope
{
    Service,
    Bucket,
    Object,
}

/// <summary>How an operation is recognised. API Reference: the request line of each operation.</summary>
/// <param name="SubResource">The query parameter that names it; null for none.</param>
public readonly record struct S3Route(string Method, S3Scope Scope, string? SubResource = null)
{
    /// <summary>Whether an <c>x-amz-copy-source</c> header tells it from another of the same line.</summary>
    public bool FromCopySource { get; init; }
}
