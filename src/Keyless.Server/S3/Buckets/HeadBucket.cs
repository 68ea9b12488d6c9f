using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>HeadBucket</c>; it needs the permission to list.</summary>
internal sealed class HeadBucket(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "HeadBucket";

    public override S3Route Route => new("HEAD", S3Scope.Bucket);

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:ListBucket");


    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(S3Response.Ok()
        .With("x-amz-bucket-region", request.Bucket.Region)
        .With("x-amz-bucket-arn", request.Bucket.Arn)
        .With("x-amz-access-point-alias", "false"));
}
