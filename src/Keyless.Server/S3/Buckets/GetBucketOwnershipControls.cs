using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketOwnershipControls</c>.</summary>
internal sealed class GetBucketOwnershipControls(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketOwnershipControls";

    public override S3Route Route => new("GET", S3Scope.Bucket, "ownershipControls");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketOwnershipControls");


    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(
        request.Bucket.Ownership is { } ownership
            ? S3Response.Xml(xml => xml
                .Open("OwnershipControls", S3Xml.Namespace).Open("Rule").Element("ObjectOwnership", ownership).Close("Rule").Close("OwnershipControls"))
            : S3Errors.OwnershipControlsNotFound(request.Bucket.Name));
}
