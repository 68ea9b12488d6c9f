using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketVersioning</c>: empty for a bucket that never had it.</summary>
internal sealed class GetBucketVersioning(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketVersioning";

    public override S3Route Route => new("GET", S3Scope.Bucket, "versioning");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketVersioning");


    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(S3Response.Xml(xml => xml
        .Open("VersioningConfiguration", S3Xml.Namespace)
        .Optional("Status", request.Bucket.Setting(BucketSetting.Versioning))
        .Close("VersioningConfiguration")));
}
