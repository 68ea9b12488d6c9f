using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>PutObjectTagging</c>.</summary>
internal sealed class PutObjectTagging(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutObjectTagging";

    public override S3Route Route => new("PUT", S3Scope.Object, "tagging");


    protected override Needs Permissions(S3Request request) => ObjectRead.OnExisting(request, Buckets, "s3:PutObjectTagging", "s3:PutObjectVersionTagging");

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error)
            || !TagSet.ParseXml(xml, TagSet.MaxOnObject).Succeeds(out var tags, out error)
            || !ObjectRead.Find(request, Buckets).Succeeds(out var stored, out error))
        {
            return error;
        }

        return await Buckets.SetTags(request.Bucket, stored, tags)
            ? S3Response.Ok().WithVersion(request.Bucket, stored.Version)
            : S3Errors.NoSuchKey(request.Bucket.Name, request.Key);
    }
}
