using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>GetBucketLocation</c>: empty for us-east-1.</summary>
internal sealed class GetBucketLocation(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetBucketLocation";

    public override S3Route Route => new("GET", S3Scope.Bucket, "location");


    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:GetBucketLocation") with
    {
        Keys = [new("s3:LocationConstraint", request.Bucket.Region)],
    };

    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(S3Response.Xml(xml =>
    {
        xml.Open("LocationConstraint", S3Xml.Namespace);
        if (request.Bucket.Region != "us-east-1")
        {
            xml.Escaped(request.Bucket.Region);
        }

        xml.Close("LocationConstraint");
    }));
}
