using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>ListBuckets</c>.</summary>
internal sealed class ListBuckets(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "ListBuckets";

    public override S3Route Route => new("GET", S3Scope.Service);


    protected override bool IsAboutBucket => false;

    protected override Needs Permissions(S3Request request) => new Permission("s3:ListAllMyBuckets", "*");

    protected override ValueTask<AwsResponse> Run(S3Request request)
    {
        var query = request.Query;
        if (query["bucket-region"] is { } region && !S3Regions.IsRegion(region))
        {
            return Answer(S3Errors.InvalidArgument($"Argument value {region} is not a valid AWS Region", "bucket-region", region));
        }

        if (!request.Number("max-buckets", absent: 10_000, cap: 10_000).Succeeds(out var max, out var error))
        {
            return Answer(error);
        }

        if (max == 0)
        {
            return Answer(S3Errors.InvalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", "0"));
        }

        var after = "";
        if (query["continuation-token"] is { } token && (after = ContinuationToken.Read(token)) is null)
        {
            return Answer(S3Errors.InvalidArgument("The continuation token provided is incorrect", "continuation-token", token));
        }

        var prefix = query["prefix"] ?? "";
        var account = request.Caller.Account!;
        var found = Buckets.List(account, prefix, after).Where(bucket => query["bucket-region"] is not { } wanted || bucket.Region == wanted).Take(max + 1).ToList();
        var page = found.Take(max).ToList();
        return Answer(S3Response.Xml(xml =>
        {
            xml.Open("ListAllMyBucketsResult", S3Xml.Namespace).Owner(account).Open("Buckets");
            foreach (var bucket in page)
            {
                xml.Open("Bucket")
                    .Element("Name", bucket.Name)
                    .Element("CreationDate", S3Xml.Time(bucket.Created))
                    .Element("BucketRegion", bucket.Region)
                    .Element("BucketArn", bucket.Arn)
                    .Close("Bucket");
            }

            xml.Close("Buckets").Optional("Prefix", query["prefix"]);
            if (found.Count > max)
            {
                xml.Element("ContinuationToken", ContinuationToken.Write(page[^1].Name));
            }

            xml.Close("ListAllMyBucketsResult");
        }));
    }
}
