using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Multipart;

/// <summary>API Reference, <c>ListParts</c>.</summary>
internal sealed class ListParts(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "ListParts";

    public override S3Route Route => new("GET", S3Scope.Object, "uploadId");

    protected override Needs Permissions(S3Request request) => request.OnObject("s3:ListMultipartUploadParts");


    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        var id = request.Query["uploadId"]!;
        if (!request.Number("max-parts", absent: 1000, cap: 1000).Succeeds(out var max, out var error)
            || !request.Number("part-number-marker", absent: 0, cap: int.MaxValue).Succeeds(out var after, out error))
        {
            return Answer(error);
        }

        if (Buckets.FindUpload(request.Bucket, request.Key, id) is not { CompletedVersion: null } upload)
        {
            return Answer(S3Errors.NoSuchUpload(id));
        }

        var parts = Buckets.Parts(upload, after, max + 1);
        var page = parts[..Math.Min(max, parts.Length)];
        return Answer(S3Response.Xml(xml =>
        {
            xml.Open("ListPartsResult", S3Xml.Namespace)
                .Element("Bucket", request.Bucket.Name)
                .Key("Key", request.Key, urlEncoded: false)
                .Element("UploadId", id)
                .Initiator(upload, request.Bucket.Account)
                .Owner(request.Bucket.Account)
                .Element("StorageClass", upload.Headers.StorageClass)
                .Element("PartNumberMarker", after)
                .Element("NextPartNumberMarker", page.IsEmpty ? 0 : page[^1].Number)
                .Element("MaxParts", max)
                .Element("IsTruncated", parts.Length > max)
                .Optional("ChecksumAlgorithm", upload.ChecksumAlgorithm?.Name)
                .Optional("ChecksumType", upload.ChecksumType is { } type ? Checksum.NameOf(type) : null);
            foreach (var part in page)
            {
                xml.Open("Part")
                    .Element("PartNumber", part.Number)
                    .Element("LastModified", S3Xml.Time(part.Modified))
                    .Element("ETag", $"\"{part.ETag}\"")
                    .Element("Size", part.Size);
                if (upload.ChecksumAlgorithm is { } algorithm)
                {
                    xml.Optional(algorithm.Element, part.Checksum);
                }

                xml.Close("Part");
            }

            xml.Close("ListPartsResult");
        }));
    }
}
