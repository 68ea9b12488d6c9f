using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketWebsite</c>.</summary>
internal sealed class GetBucketWebsite(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketWebsite";

    public override S3Route Route => new("GET", S3Scope.Bucket, "website");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketWebsite");


    protected override ValueTask<AwsResponse> Run(S3Request request) =>
        Answer(request.Bucket.Website is { } website ? S3Response.Xml(website.Write) : S3Errors.NoSuchWebsite(request.Bucket.Name));
}
