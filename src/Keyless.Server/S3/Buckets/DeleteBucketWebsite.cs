using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeleteBucketWebsite</c>.</summary>
internal sealed class DeleteBucketWebsite(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteBucketWebsite";

    public override S3Route Route => new("DELETE", S3Scope.Bucket, "website");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:DeleteBucketWebsite");


    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Save(request, BucketSetting.Website, null) ?? S3Response.NoContent();
}
