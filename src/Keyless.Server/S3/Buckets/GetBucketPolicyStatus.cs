using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketPolicyStatus</c>: whether the policy is public.</summary>
internal sealed class GetBucketPolicyStatus(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketPolicyStatus";

    public override S3Route Route => new("GET", S3Scope.Bucket, "policyStatus");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketPolicyStatus");


    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(
        request.Bucket.Policy is { } policy
            ? S3Response.Xml(xml => xml.Open("PolicyStatus", S3Xml.Namespace).Element("IsPublic", policy.IsPublic ? "TRUE" : "FALSE").Close("PolicyStatus"))
            : S3Errors.NoSuchBucketPolicy(request.Bucket.Name));
}
