using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>DeleteBucketPolicy</c>.</summary>
internal sealed class DeleteBucketPolicy(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteBucketPolicy";

    public override S3Route Route => new("DELETE", S3Scope.Bucket, "policy");


    protected override Needs Permissions(S3Request request) => BucketPolicy.NeedsToChange(request, "s3:DeleteBucketPolicy");

    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Save(request, BucketSetting.Policy, null) ?? S3Response.NoContent();
}
