using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketEncryption</c>: since 2023 every bucket has at least SSE-S3.</summary>
internal sealed class GetBucketEncryption(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketEncryption";

    public override S3Route Route => new("GET", S3Scope.Bucket, "encryption");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetEncryptionConfiguration");


    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(S3Response.Xml(xml => xml
        .Open("ServerSideEncryptionConfiguration", S3Xml.Namespace)
        .Open("Rule")
        .Open("ApplyServerSideEncryptionByDefault").Element("SSEAlgorithm", "AES256").Close("ApplyServerSideEncryptionByDefault")
        .Element("BucketKeyEnabled", request.Bucket.Setting(BucketSetting.Encryption) == "bucket-key")
        .Close("Rule")
        .Close("ServerSideEncryptionConfiguration")));
}
