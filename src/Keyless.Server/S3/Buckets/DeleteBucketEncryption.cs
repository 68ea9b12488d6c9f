using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeleteBucketEncryption</c>: back to plain SSE-S3. It needs the permission to put.</summary>
internal sealed class DeleteBucketEncryption(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteBucketEncryption";

    public override S3Route Route => new("DELETE", S3Scope.Bucket, "encryption");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutEncryptionConfiguration");


    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Save(request, BucketSetting.Encryption, null) ?? S3Response.NoContent();
}
