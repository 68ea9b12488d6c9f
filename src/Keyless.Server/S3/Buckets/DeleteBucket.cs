using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeleteBucket</c>.</summary>
internal sealed class DeleteBucket(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteBucket";

    public override S3Route Route => new("DELETE", S3Scope.Bucket);

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:DeleteBucket");


    protected override async ValueTask<AwsResponse> Run(S3Request request) => await Buckets.Delete(request.Bucket.Name) switch
    {
        DeleteBucketOutcome.Deleted => S3Response.NoContent(),
        DeleteBucketOutcome.NotEmpty => S3Errors.BucketNotEmpty(request.Bucket.Name, request.Bucket.Versioning != VersioningStatus.Unset),
        _ => NoSuchBucket(request),
    };
}
