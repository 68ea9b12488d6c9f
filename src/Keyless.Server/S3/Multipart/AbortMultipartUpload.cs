using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Multipart;

/// <summary>API Reference, <c>AbortMultipartUpload</c>.</summary>
internal sealed class AbortMultipartUpload(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "AbortMultipartUpload";

    public override S3Route Route => new("DELETE", S3Scope.Object, "uploadId");

    protected override Needs Permissions(S3Request request) => request.OnObject("s3:AbortMultipartUpload");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        var id = request.Query["uploadId"]!;
        return await Buckets.AbortUpload(request.Bucket, request.Key, id) ? S3Response.NoContent() : S3Errors.NoSuchUpload(id);
    }
}
