using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>GetObjectTagging</c>.</summary>
internal sealed class GetObjectTagging(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetObjectTagging";

    public override S3Route Route => new("GET", S3Scope.Object, "tagging");


    protected override Needs Permissions(S3Request request) => ObjectRead.OnExisting(request, Buckets, "s3:GetObjectTagging", "s3:GetObjectVersionTagging");

    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(
        ObjectRead.Find(request, Buckets).Succeeds(out var stored, out var error)
            ? S3Response.Xml(stored.Tags.Write).WithVersion(request.Bucket, stored.Version)
            : error);
}
