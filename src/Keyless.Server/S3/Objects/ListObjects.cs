using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>ListObjects</c>, the first version, which many clients still speak.</summary>
internal sealed class ListObjects(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "ListObjects";

    public override S3Route Route => new("GET", S3Scope.Bucket);


    protected override Needs Permissions(S3Request request) => ListingQuery.Permission(request, "s3:ListBucket");

    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!ListingQuery.Read(request, "max-keys").Succeeds(out var query, out var error))
        {
            return Answer(error);
        }

        var marker = request.Query["marker"] ?? "";
        var page = Buckets.ListObjects(request.Bucket, query.Prefix, query.Delimiter, marker, query.Max);
        return Answer(S3Response
            .Xml(xml =>
            {
                xml.Open("ListBucketResult", S3Xml.Namespace)
                    .Element("Name", request.Bucket.Name)
                    .Key("Prefix", query.Prefix, query.UrlEncoded)
                    .Key("Marker", marker, query.UrlEncoded);
                if (page.Next is { } next && query.Delimiter.Length > 0)
                {
                    xml.Key("NextMarker", next, query.UrlEncoded);
                }

                xml.Element("MaxKeys", query.Max);
                query.WriteTail(xml, page.IsTruncated);
                foreach (var stored in page.Items)
                {
                    ListingQuery.WriteObject(xml, stored, query, request.Bucket.Account);
                }

                query.WritePrefixes(xml, page.CommonPrefixes);
                xml.Close("ListBucketResult");
            })
            .With("x-amz-bucket-region", request.Bucket.Region));
    }
}
