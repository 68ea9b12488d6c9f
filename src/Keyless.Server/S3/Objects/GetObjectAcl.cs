using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>GetObjectAcl</c>: the owner has everything, nobody else anything.</summary>
internal sealed class GetObjectAcl(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "GetObjectAcl";

    public override S3Route Route => new("GET", S3Scope.Object, "acl");


    protected override Needs Permissions(S3Request request) => request.OnVersion("s3:GetObjectAcl", "s3:GetObjectVersionAcl");

    protected override ValueTask<AwsResponse> Run(S3Request request) => Answer(
        ObjectRead.Find(request, Buckets).Succeeds(out var stored, out var error)
            ? S3Response.Xml(xml => Acl.Write(xml, request.Bucket.Account)).WithVersion(request.Bucket, stored.Version)
            : error);
}
