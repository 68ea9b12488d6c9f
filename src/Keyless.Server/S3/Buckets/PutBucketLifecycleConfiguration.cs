using Keyless.Server.Aws;
using Keyless.Server.S3.Configuration;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketLifecycleConfiguration</c>.</summary>
internal sealed class PutBucketLifecycleConfiguration(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketLifecycleConfiguration";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "lifecycle");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutLifecycleConfiguration");

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error)
            || !LifecycleConfiguration.Parse(xml, request.Header(LifecycleConfiguration.MinimumSizeHeader), () => Guid.NewGuid().ToString("D")).Succeeds(out var lifecycle, out error))
        {
            return error;
        }

        return await Save(request, BucketSetting.Lifecycle, lifecycle.Stored) ?? S3Response.Ok().With(LifecycleConfiguration.MinimumSizeHeader, lifecycle.MinimumSize);
    }
}
