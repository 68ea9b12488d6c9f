using Keyless.Server.Aws;
using Keyless.Server.S3.Configuration;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketCors</c>.</summary>
internal sealed class PutBucketCors(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketCors";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "cors");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketCORS");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error)
            || !CorsConfiguration.Parse(xml).Succeeds(out var cors, out error))
        {
            return error;
        }

        return await Save(request, BucketSetting.Cors, S3Xml.Stored(cors.Write)) ?? S3Response.Ok();
    }
}
