using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeleteBucketTagging</c>; it needs the permission to put.</summary>
internal sealed class DeleteBucketTagging(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteBucketTagging";

    public override S3Route Route => new("DELETE", S3Scope.Bucket, "tagging");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketTagging");


    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Save(request, BucketSetting.Tagging, null) ?? S3Response.NoContent();
}
