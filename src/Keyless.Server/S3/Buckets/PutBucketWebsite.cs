using Keyless.Server.Aws;
using Keyless.Server.S3.Configuration;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketWebsite</c>.</summary>
internal sealed class PutBucketWebsite(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketWebsite";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "website");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketWebsite");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error)
            || !WebsiteConfiguration.Parse(xml).Succeeds(out var website, out error))
        {
            return error;
        }

        return await Save(request, BucketSetting.Website, S3Xml.Stored(website.Write)) ?? S3Response.Ok();
    }
}
