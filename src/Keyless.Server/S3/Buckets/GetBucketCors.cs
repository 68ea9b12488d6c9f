using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketCors</c>.</summary>
internal sealed class GetBucketCors(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketCors";

    public override S3Route Route => new("GET", S3Scope.Bucket, "cors");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketCORS");


    protected override ValueTask<AwsResponse> Run(S3Request request) =>
        Answer(request.Bucket.Cors is { } cors ? S3Response.Xml(cors.Write) : S3Errors.NoSuchCorsConfiguration(request.Bucket.Name));
}
