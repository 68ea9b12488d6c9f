using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeleteBucketLifecycle</c>; it needs the permission to put.</summary>
internal sealed class DeleteBucketLifecycle(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteBucketLifecycle";

    public override S3Route Route => new("DELETE", S3Scope.Bucket, "lifecycle");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutLifecycleConfiguration");

    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Save(request, BucketSetting.Lifecycle, null) ?? S3Response.NoContent();
}
