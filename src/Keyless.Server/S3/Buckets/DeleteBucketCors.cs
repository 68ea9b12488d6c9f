using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeleteBucketCors</c>; it needs the permission to put.</summary>
internal sealed class DeleteBucketCors(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteBucketCors";

    public override S3Route Route => new("DELETE", S3Scope.Bucket, "cors");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketCORS");


    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Save(request, BucketSetting.Cors, null) ?? S3Response.NoContent();
}
