using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>ListObjectsV2</c>.</summary>
internal sealed class ListObjectsV2(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "ListObjectsV2";

    public override S3Route Route => new("GET", S3Scope.Bucket, "list-type");


    protected override Needs Permissions(S3Request request) => ListingQuery.Permission(request, "s3:ListBucket");

    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!ListingQuery.Read(request, "max-keys").Succeeds(out var query, out var error))
        {
            return Answer(error);
        }

        if (request.Query["list-type"] != "2")
        {
            return Answer(S3Errors.InvalidArgument("Invalid List Type specified in Request", "list-type", request.Query["list-type"]));
        }

        var startAfter = request.Query["start-after"];
        var after = startAfter ?? "";
        if (request.Query["continuation-token"] is { } token)
        {
            if (ContinuationToken.Read(token) is not { } place)
            {
                return Answer(S3Errors.InvalidArgument("The continuation token provided is incorrect", "continuation-token", token));
            }

            after = place;
        }

        var owner = request.Query["fetch-owner"] == "true" ? request.Bucket.Account : null;
        var page = Buckets.ListObjects(request.Bucket, query.Prefix, query.Delimiter, after, query.Max);
        return Answer(S3Response
            .Xml(xml =>
            {
                xml.Open("ListBucketResult", S3Xml.Namespace).Element("Name", request.Bucket.Name).Key("Prefix", query.Prefix, query.UrlEncoded);
                if (page.Next is { } next)
                {
                    xml.Element("NextContinuationToken", ContinuationToken.Write(next));
                }

                xml.Optional("ContinuationToken", request.Query["continuation-token"]);
                if (startAfter is not null)
                {
                    xml.Key("StartAfter", startAfter, query.UrlEncoded);
                }

                xml.Element("KeyCount", page.Items.Length + page.CommonPrefixes.Length).Element("MaxKeys", query.Max);
                query.WriteTail(xml, page.IsTruncated);
                foreach (var stored in page.Items)
                {
                    ListingQuery.WriteObject(xml, stored, query, owner);
                }

                query.WritePrefixes(xml, page.CommonPrefixes);
                xml.Close("ListBucketResult");
            })
            .With("x-amz-bucket-region", request.Bucket.Region));
    }
}
