using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Multipart;

/// <summary>API Reference, <c>ListMultipartUploads</c>.</summary>
internal sealed class ListMultipartUploads(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "ListMultipartUploads";

    public override S3Route Route => new("GET", S3Scope.Bucket, "uploads");


    protected override Needs Permissions(S3Request request) => ListingQuery.Permission(request, "s3:ListBucketMultipartUploads");

    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!ListingQuery.Read(request, "max-uploads").Succeeds(out var query, out var error))
        {
            return Answer(error);
        }

        var (keyMarker, idMarker) = (request.Query["key-marker"] ?? "", request.Query["upload-id-marker"] ?? "");
        var page = Buckets.ListUploads(request.Bucket, query.Prefix, query.Delimiter, keyMarker, keyMarker.Length == 0 ? "" : idMarker, query.Max);
        return Answer(S3Response.Xml(xml =>
        {
            xml.Open("ListMultipartUploadsResult", S3Xml.Namespace)
                .Element("Bucket", request.Bucket.Name)
                .Key("KeyMarker", keyMarker, query.UrlEncoded)
                .Element("UploadIdMarker", idMarker)
                .Key("NextKeyMarker", page.Next ?? "", query.UrlEncoded)
                .Element("NextUploadIdMarker", page.Next is { } next && page.Items is [.., var last] && last.Key == next ? last.Id : "")
                .Key("Prefix", query.Prefix, query.UrlEncoded)
                .Element("MaxUploads", query.Max);
            query.WriteTail(xml, page.IsTruncated);
            foreach (var upload in page.Items)
            {
                xml.Open("Upload")
                    .Key("Key", upload.Key, query.UrlEncoded)
                    .Element("UploadId", upload.Id)
                    .Initiator(upload, request.Bucket.Account)
                    .Owner(request.Bucket.Account)
                    .Element("StorageClass", upload.Headers.StorageClass)
                    .Element("Initiated", S3Xml.Time(upload.Initiated))
                    .Optional("ChecksumAlgorithm", upload.ChecksumAlgorithm?.Name)
                    .Optional("ChecksumType", upload.ChecksumType is { } type ? Checksum.NameOf(type) : null)
                    .Close("Upload");
            }

            query.WritePrefixes(xml, page.CommonPrefixes);
            xml.Close("ListMultipartUploadsResult");
        }));
    }
}
