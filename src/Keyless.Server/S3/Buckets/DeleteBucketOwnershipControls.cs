using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeleteBucketOwnershipControls</c>; it needs the permission to put.</summary>
internal sealed class DeleteBucketOwnershipControls(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteBucketOwnershipControls";

    public override S3Route Route => new("DELETE", S3Scope.Bucket, "ownershipControls");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketOwnershipControls");


    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Save(request, BucketSetting.Ownership, null) ?? S3Response.NoContent();
}
