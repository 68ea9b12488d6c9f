using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Buckets;

/// <summary>API Reference, <c>PutBucketVersioning</c>. Versioning is never unset again, only suspended.</summary>
internal sealed class PutBucketVersioning(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "PutBucketVersioning";

    public override S3Route Route => new("PUT", S3Scope.Bucket, "versioning");

    protected override Needs Permissions(S3Request request) => request.OnBucket("s3:PutBucketVersioning");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!(await request.ReadXml()).Succeeds(out var xml, out var error))
        {
            return error;
        }

        if (xml.Name != "VersioningConfiguration" || !xml.HasOnly("Status", "MfaDelete"))
        {
            return S3Errors.MalformedXml("expected `<VersioningConfiguration>` with a `<Status>`", xml);
        }

        if (xml["MfaDelete"] == "Enabled")
        {
            return S3Errors.NotImplemented("MfaDelete");
        }

        return xml["Status"] switch
        {
            null => S3Errors.IllegalVersioningConfiguration(),
            "Enabled" or "Suspended" => await Save(request, BucketSetting.Versioning, xml["Status"]) ?? S3Response.Ok(),
            var other => S3Errors.MalformedXml($"`<Status>` is `Enabled` or `Suspended`, not `{other}`"),
        };
    }
}
