using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>PutObjectAcl</c>. ACLs are off, as in every new bucket of AWS: only what changes nothing is accepted.</summary>
internal sealed class PutObjectAcl(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutObjectAcl";

    public override S3Route Route => new("PUT", S3Scope.Object, "acl");


    protected override Needs Permissions(S3Request request) => request.OnVersion("s3:PutObjectAcl", "s3:PutObjectVersionAcl");

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!ObjectRead.Find(request, Buckets).Succeeds(out _, out var error))
        {
            return error;
        }

        return await Acl.Fault(request, request.Bucket) is { } fault ? fault : S3Response.Ok();
    }
}
