using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketEncryption</c>. There is no key service: SSE-S3 is the one algorithm.</summary>
internal sealed class PutBucketEncryption(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketEncryption";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "encryption");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutEncryptionConfiguration");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error))
        {
            return error;
        }

        if (xml is not { Name: "ServerSideEncryptionConfiguration", Children: [{ Name: "Rule" } rule] }
            || !rule.HasOnly("ApplyServerSideEncryptionByDefault", "BucketKeyEnabled", "BlockedEncryptionTypes"))
        {
            return S3Errors.MalformedXml("expected `<ServerSideEncryptionConfiguration>` with one `<Rule>`", xml);
        }

        return rule.Child("ApplyServerSideEncryptionByDefault")?["SSEAlgorithm"] switch
        {
            null or "AES256" => await Save(request, BucketSetting.Encryption, rule["BucketKeyEnabled"] == "true" ? "bucket-key" : null)
                ?? S3Response.Ok(),
            "aws:kms" or "aws:kms:dsse" => S3Errors.NotImplemented("SSEAlgorithm") with
            {
                Reason = "there is no key management service here: use `AES256`",
            },
            var other => S3Errors.MalformedXml($"`<SSEAlgorithm>` is `AES256`, not `{other}`"),
        };
    }
}
