using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Multipart;

/// <summary>API Reference, <c>CompleteMultipartUpload</c>: parts become an object, without a byte being copied.</summary>
internal sealed class CompleteMultipartUpload(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "CompleteMultipartUpload";

    public override S3Route Route => new("POST", S3Scope.Object, "uploadId");

    protected override Needs Permissions(S3Request request) => request.OnObject("s3:PutObject");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        var id = request.Query["uploadId"]!;
        if (!RequestHeaders.Condition(request).Succeeds(out var condition, out var error)
            || !(await request.ReadXml(4 << 20)).Succeeds(out var xml, out error))
        {
            return error;
        }

        if (Buckets.FindUpload(request.Bucket, request.Key, id) is not { } upload)
        {
            return S3Errors.NoSuchUpload(id);
        }

        if (upload.CompletedVersion is { } version)
        {
            return Repeated(request, upload, version);
        }

        if (!CompletedParts.Read(xml, upload, Buckets.Parts(upload)).Succeeds(out var parts, out error)
            || !CompletedParts.ChecksumOf(request, upload, parts).Succeeds(out var checksum, out error))
        {
            return error;
        }

        var outcome = await Buckets.CompleteUpload(
            request.Bucket, upload, parts, CompletedParts.ETagOf(parts), checksum.Value, condition);
        return outcome is PutOutcome.Stored { Object: var stored } ? Result(request, stored) : RequestHeaders.Refused(request, outcome);
    }

    /// <summary>A Complete that was answered but whose answer got lost is answered again.</summary>
    private AwsResponse Repeated(S3Request request, Upload upload, string version)
    {
        var stored = Buckets.FindObject(request.Bucket, request.Key, version);
        return stored is not null && stored.ETag == upload.CompletedETag ? Result(request, stored) : S3Errors.NoSuchUpload(upload.Id);
    }

    private static S3Response Result(S3Request request, StoredObject stored) => S3Response
        .Xml(xml =>
        {
            xml.Open("CompleteMultipartUploadResult", S3Xml.Namespace)
                .Element("Location", $"{request.Http.Request.Scheme}://{request.Http.Request.Host}/{request.Bucket.Name}/{PercentEncoding.EncodePath(request.Key)}")
                .Element("Bucket", request.Bucket.Name)
                .Key("Key", request.Key, urlEncoded: false)
                .Element("ETag", $"\"{stored.ETag}\"");
            if (stored.Checksum is { } checksum)
            {
                xml.Element(checksum.Algorithm.Element, checksum.Value).Element("ChecksumType", checksum.TypeName);
            }

            xml.Close("CompleteMultipartUploadResult");
        })
        .With("x-amz-server-side-encryption", "AES256")
        .WithVersion(request.Bucket, stored.Version);
}
