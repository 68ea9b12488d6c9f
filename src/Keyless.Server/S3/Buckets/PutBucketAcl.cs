using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketAcl</c>. ACLs are off, as in every new bucket of AWS: only what changes nothing is accepted.</summary>
internal sealed class PutBucketAcl(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketAcl";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "acl");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketAcl");


    protected override async ValueTask<AwsResponse> Run(S3Request request) =>
        await Acl.Fault(request, request.Bucket) is { } fault ? fault : S3Response.Ok();
}
