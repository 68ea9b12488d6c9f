using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketAcl</c>: the owner has everything, nobody else anything.</summary>
internal sealed class GetBucketAcl(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketAcl";

    public override S3Route Route => new("GET", S3Scope.Bucket, "acl");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketAcl");


    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(S3Response.Xml(xml => Acl.Write(xml, request.Bucket.Account)));
}
