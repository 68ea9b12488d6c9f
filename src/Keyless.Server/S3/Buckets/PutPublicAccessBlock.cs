using Keyless.Server.Aws;
using Keyless.Server.S3.Configuration;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutPublicAccessBlock</c>.</summary>
internal sealed class PutPublicAccessBlock(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutPublicAccessBlock";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "publicAccessBlock");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketPublicAccessBlock");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error)
            || !PublicAccessBlock.Parse(xml).Succeeds(out var block, out error))
        {
            return error;
        }

        return await Save(request, BucketSetting.PublicAccessBlock, block.Encode()) ?? S3Response.Ok();
    }
}
