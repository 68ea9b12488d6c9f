using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketTagging</c>.</summary>
internal sealed class PutBucketTagging(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketTagging";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "tagging");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketTagging");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error)
            || !TagSet.ParseXml(xml, TagSet.MaxOnBucket).Succeeds(out var tags, out error))
        {
            return error;
        }

        return await Save(request, BucketSetting.Tagging, tags.Count == 0 ? null : tags.Encode()) ?? S3Response.NoContent();
    }
}
