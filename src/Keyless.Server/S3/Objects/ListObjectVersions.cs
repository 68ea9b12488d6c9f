using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>ListObjectVersions</c>: newest first within a key.</summary>
internal sealed class ListObjectVersions(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "ListObjectVersions";

    public override S3Route Route => new("GET", S3Scope.Bucket, "versions");


    protected override Needs Permissions(S3Request request) => ListingQuery.Permission(request, "s3:ListBucketVersions");

    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!ListingQuery.Read(request, "max-keys").Succeeds(out var query, out var error))
        {
            return Answer(error);
        }

        var (keyMarker, versionMarker) = (request.Query["key-marker"] ?? "", request.Query["version-id-marker"]);
        if (versionMarker is not null && keyMarker.Length == 0)
        {
            return Answer(S3Errors.InvalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker", versionMarker));
        }

        if (versionMarker is { Length: 0 })
        {
            return Answer(S3Errors.InvalidArgument("A version-id marker cannot be empty.", "version-id-marker", versionMarker));
        }

        var page = Buckets.ListVersions(request.Bucket, query.Prefix, query.Delimiter, keyMarker, versionMarker, query.Max);
        return Answer(S3Response.Xml(xml =>
        {
            xml.Open("ListVersionsResult", S3Xml.Namespace)
                .Element("Name", request.Bucket.Name)
                .Key("Prefix", query.Prefix, query.UrlEncoded)
                .Key("KeyMarker", keyMarker, query.UrlEncoded)
                .Element("VersionIdMarker", versionMarker ?? "");
            if (page.Next is { } next)
            {
                xml.Key("NextKeyMarker", next, query.UrlEncoded);
                if (page.Items is [.., var last] && last.Key == next)
                {
                    xml.Element("NextVersionIdMarker", last.Version);
                }
            }

            xml.Element("MaxKeys", query.Max);
            query.WriteTail(xml, page.IsTruncated);
            foreach (var stored in page.Items)
            {
                Write(xml, stored, query, request.Bucket.Account);
            }

            query.WritePrefixes(xml, page.CommonPrefixes);
            xml.Close("ListVersionsResult");
        }));
    }

    private static void Write(XmlOut xml, StoredObject stored, ListingQuery query, string account)
    {
        var element = stored.IsDeleteMarker ? "DeleteMarker" : "Version";
        xml.Open(element)
            .Key("Key", stored.Key, query.UrlEncoded)
            .Element("VersionId", stored.Version)
            .Element("IsLatest", stored.IsCurrent)
            .Element("LastModified", S3Xml.Time(stored.Modified));
        if (!stored.IsDeleteMarker)
        {
            xml.Element("ETag", $"\"{stored.ETag}\"");
            ListingQuery.WriteChecksum(xml, stored);
            xml.Element("Size", stored.Size).Element("StorageClass", stored.Headers.StorageClass);
        }

        xml.Owner(account).Close(element);
    }
}
