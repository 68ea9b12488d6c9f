using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketOwnershipControls</c>.</summary>
internal sealed class PutBucketOwnershipControls(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketOwnershipControls";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "ownershipControls");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketOwnershipControls");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error))
        {
            return error;
        }

        return xml is { Name: "OwnershipControls", Children: [{ Name: "Rule", Children: [{ Name: "ObjectOwnership", Text: { } ownership }] }] }
            && ObjectOwnership.IsValid(ownership)
                ? await Save(request, BucketSetting.Ownership, ownership) ?? S3Response.Ok()
                : S3Errors.MalformedXml($"expected one `<Rule>` with an `<ObjectOwnership>` of {ObjectOwnership.Choices}", xml);
    }
}
