using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>DeleteObjects</c>: up to a thousand keys, each authorized by itself.</summary>
internal sealed class DeleteObjects(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "DeleteObjects";

    public override S3Route Route => new("POST", S3Scope.Bucket, "delete");


    private const int MaxKeys = 1000;

    protected override Needs Permissions(S3Request request) => new Needs.Nothing("each key is asked for by itself, and refused by itself");

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (request.Header(ContentMd5.Header) is null && request.Header("x-amz-trailer") is null
            && !ChecksumAlgorithm.All.Any(algorithm => request.Header(algorithm.Header) is not null))
        {
            return S3Errors.InvalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }

        if (!(await request.ReadXml(2 << 20)).Succeeds(out var xml, out var error))
        {
            return error;
        }

        var items = xml.All("Object").ToList();
        if (xml.Name != "Delete" || !xml.HasOnly("Object", "Quiet") || items.Count is 0 or > MaxKeys || items.Any(item => string.IsNullOrEmpty(item["Key"])))
        {
            return S3Errors.MalformedXml($"expected `<Delete>` with 1 to {MaxKeys} `<Object>`, each with a `<Key>`", xml);
        }

        var quiet = xml["Quiet"]?.Trim() == "true";
        var results = new List<Action<XmlOut>>();
        foreach (var item in items)
        {
            results.Add(await Delete(request, item, quiet));
        }

        return S3Response.Xml(output =>
        {
            output.Open("DeleteResult", S3Xml.Namespace);
            foreach (var write in results)
            {
                write(output);
            }

            output.Close("DeleteResult");
        });
    }

    private async ValueTask<Action<XmlOut>> Delete(S3Request request, XmlTree item, bool quiet)
    {
        var (key, version) = (item["Key"]!, item["VersionId"] is { Length: > 0 } named ? named : null);
        var permission = request.On(
            request.Bucket, version is null ? "s3:DeleteObject" : "s3:DeleteObjectVersion", $"arn:aws:s3:::{request.Bucket.Name}/{key}");
        if (version is not null)
        {
            permission = permission with { Keys = [new("s3:versionid", version)] };
        }

        if (request.Check(permission) is { } denial)
        {
            return Failed(key, version, request.Service.Denied(request, denial));
        }

        if (ObjectRead.VersionFault(version) is not null)
        {
            return Failed(key, version, S3Errors.NoSuchVersion(key, version!));
        }

        var ifMatch = item["ETag"] is { } etag ? Preconditions.Unquoted(etag).ToString() : null;
        return await Buckets.DeleteObject(request.Bucket, key, version, ifMatch) switch
        {
            DeleteOutcome.Done when quiet => _ => { },
            DeleteOutcome.Done done => output =>
            {
                output.Open("Deleted").Key("Key", key, urlEncoded: false).Optional("VersionId", done.Version);
                if (done.MarkerVersion is { } marker)
                {
                    output.Element("DeleteMarker", true).Element("DeleteMarkerVersionId", marker);
                }

                output.Close("Deleted");
            },
            DeleteOutcome.ConditionFailed => Failed(key, version, S3Errors.PreconditionFailed("If-Match", Preconditions.Cause("If-Match", ifMatch, Buckets.FindObject(request.Bucket, key, version)))),
            DeleteOutcome.NoSuchKey => Failed(key, version, S3Errors.NoSuchKey(request.Bucket.Name, key)),
            _ => Failed(key, version, NoSuchBucket(request)),
        };
    }

    private static Action<XmlOut> Failed(string key, string? version, AwsError error) => output => output
        .Open("Error")
        .Key("Key", key, urlEncoded: false)
        .Optional("VersionId", version)
        .Element("Code", error.Code)
        .Element("Message", error.Message)
        .Close("Error");
}
