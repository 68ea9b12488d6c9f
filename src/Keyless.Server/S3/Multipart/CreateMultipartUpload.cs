using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Multipart;

/// <summary>API Reference, <c>CreateMultipartUpload</c>.</summary>
internal sealed class CreateMultipartUpload(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "CreateMultipartUpload";

    public override S3Route Route => new("POST", S3Scope.Object, "uploads");


    protected override Needs Permissions(S3Request request) => RequestHeaders.Permissions(request);

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!RequestHeaders.Read(request).Succeeds(out var headers, out var error)
            || !RequestHeaders.Tags(request).Succeeds(out var tags, out error)
            || !ChecksumChoice.Read(request).Succeeds(out var checksum, out error))
        {
            return error;
        }

        var upload = await Buckets.BeginUpload(
            request.Bucket, new NewObject(request.Key, headers, tags), request.Caller.Arn ?? "", checksum.Algorithm, checksum.Type);
        if (upload is null)
        {
            return NoSuchBucket(request);
        }

        return S3Response
            .Xml(xml => xml
                .Open("InitiateMultipartUploadResult", S3Xml.Namespace)
                .Element("Bucket", request.Bucket.Name)
                .Key("Key", request.Key, urlEncoded: false)
                .Element("UploadId", upload.Id)
                .Close("InitiateMultipartUploadResult"))
            .With("x-amz-server-side-encryption", "AES256")
            .With("x-amz-checksum-algorithm", checksum.Algorithm?.Name)
            .With("x-amz-checksum-type", checksum.Type is { } type ? Checksum.NameOf(type) : null);
    }
}
