using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketPolicy</c>: the policy as it was put.</summary>
internal sealed class GetBucketPolicy(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketPolicy";

    public override S3Route Route => new("GET", S3Scope.Bucket, "policy");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketPolicy");


    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(
        request.Bucket.Policy is { } policy ? S3Response.Text(policy.Text, "application/json") : S3Errors.NoSuchBucketPolicy(request.Bucket.Name));
}
