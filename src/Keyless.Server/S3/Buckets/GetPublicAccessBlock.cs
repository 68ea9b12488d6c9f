using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetPublicAccessBlock</c>.</summary>
internal sealed class GetPublicAccessBlock(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetPublicAccessBlock";

    public override S3Route Route => new("GET", S3Scope.Bucket, "publicAccessBlock");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketPublicAccessBlock");


    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(
        request.Bucket.PublicAccessBlock is { } block ? S3Response.Xml(block.Write) : S3Errors.NoSuchPublicAccessBlock(request.Bucket.Name));
}
