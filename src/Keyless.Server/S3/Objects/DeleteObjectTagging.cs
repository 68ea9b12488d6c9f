using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>DeleteObjectTagging</c>.</summary>
internal sealed class DeleteObjectTagging(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteObjectTagging";

    public override S3Route Route => new("DELETE", S3Scope.Object, "tagging");


    protected override Needs Permissions(S3Request request) => ObjectRead.OnExisting(request, Buckets, "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging");

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!ObjectRead.Find(request, Buckets).Succeeds(out var stored, out var error))
        {
            return error;
        }

        return await Buckets.SetTags(request.Bucket, stored, TagSet.Empty)
            ? S3Response.NoContent().WithVersion(request.Bucket, stored.Version)
            : S3Errors.NoSuchKey(request.Bucket.Name, request.Key);
    }
}
