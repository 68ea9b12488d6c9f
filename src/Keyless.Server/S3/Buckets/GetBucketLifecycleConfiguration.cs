using Keyless.Server.Aws;
using Keyless.Server.S3.Configuration;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketLifecycleConfiguration</c>.</summary>
internal sealed class GetBucketLifecycleConfiguration(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketLifecycleConfiguration";

    public override S3Route Route => new("GET", S3Scope.Bucket, "lifecycle");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetLifecycleConfiguration");

    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        if (request.Bucket.Setting(BucketSetting.Lifecycle) is not { } stored)
        {
            return Answer(S3Errors.NoSuchLifecycleConfiguration(request.Bucket.Name));
        }

        var (minimumSize, document) = LifecycleConfiguration.Split(stored);
        return Answer(S3Response.Text("""<?xml version="1.0" encoding="UTF-8"?>""" + "\n" + document, "application/xml").With(LifecycleConfiguration.MinimumSizeHeader, minimumSize));
    }
}
