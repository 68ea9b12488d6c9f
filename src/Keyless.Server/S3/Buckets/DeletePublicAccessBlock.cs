using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeletePublicAccessBlock</c>; afterwards nothing is blocked. It needs the permission to put.</summary>
internal sealed class DeletePublicAccessBlock(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeletePublicAccessBlock";

    public override S3Route Route => new("DELETE", S3Scope.Bucket, "publicAccessBlock");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketPublicAccessBlock");


    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Save(request, BucketSetting.PublicAccessBlock, null) ?? S3Response.NoContent();
}
