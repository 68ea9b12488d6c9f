using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketTagging</c>.</summary>
internal sealed class GetBucketTagging(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketTagging";

    public override S3Route Route => new("GET", S3Scope.Bucket, "tagging");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketTagging");


    protected override ValueTask<AwsResponse> Run(S3Request request) =>
        Answer(request.Bucket.Tags is { Count: > 0 } tags ? S3Response.Xml(tags.Write) : S3Errors.NoSuchTagSet(request.Bucket.Name));
}
