using System.Globalization;
using Keyless.Server.Aws;
using Keyless.Server.S3.Multipart;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>What GetObject, HeadObject and their relatives share: finding the version, what its absence tells whom, headers and bytes.</summary>
internal static class ObjectRead
{
    private static readonly (string Query, string Header)[] Overrides =
    [
        ("response-content-type", "Content-Type"), ("response-content-language", "Content-Language"), ("response-expires", "Expires"),
        ("response-cache-control", "Cache-Control"), ("response-content-disposition", "Content-Disposition"),
        ("response-content-encoding", "Content-Encoding"),
    ];

    /// <summary>The permission to read the object or the named version of it.</summary>
    public static Needs Permissions(S3Request request, BucketStore buckets) =>
        OnExisting(request, buckets, "s3:GetObject", "s3:GetObjectVersion");

    /// <summary>A permission whose conditions may ask for the tags that the object has.</summary>
    public static Permission OnExisting(S3Request request, BucketStore buckets, string action, string versionAction)
    {
        var permission = request.OnVersion(action, versionAction);
        return request.FindObject(buckets) is { Tags.Count: > 0 } stored
            ? permission with { Keys = permission.Keys.AddRange(stored.Tags.Tags.Select(tag => KeyValuePair.Create("s3:ExistingObjectTag/" + tag.Key, tag.Value))) }
            : permission;
    }

    /// <summary>An error for a version id that cannot be one.</summary>
    public static AwsError? VersionFault(string? version) =>
        version is null or StoredObject.NullVersion || (version.Length == 32 && version.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            ? null
            : S3Errors.InvalidArgument("Invalid version id specified", "versionId", version);

    /// <summary>
    /// The version that the request is about. That a key does not exist is told only to those who may list the bucket: all others get the
    /// same refusal as for a key they may not read. S3 API Reference, GetObject, "Permissions".
    /// </summary>
    public static Parsed<StoredObject> Find(S3Request request, BucketStore buckets)
    {
        if (VersionFault(request.VersionId) is { } fault)
        {
            return fault;
        }

        var stored = request.FindObject(buckets);
        if (stored is { IsDeleteMarker: false })
        {
            return stored;
        }

        if (stored is not null)
        {
            var headers = request.Http.Response.Headers;
            headers["x-amz-delete-marker"] = "true";
            headers["x-amz-version-id"] = stored.Version;
            if (request.VersionId is not null)
            {
                headers.Allow = "DELETE";
                headers.LastModified = HttpDate(stored.Modified);
                return S3Errors.MethodNotAllowed(request.Method, "DeleteMarker");
            }
        }

        if (request.VersionId is { } version)
        {
            return S3Errors.NoSuchVersion(request.Key, version);
        }

        return request.Check(ListPermission(request)) is { } denial
            ? request.Service.Denied(request, denial) with
            {
                Reason = $"there is no object `{request.Key}` in `{request.Bucket.Name}`; S3 says so only to those who may `s3:ListBucket` on "
                    + $"`{request.Bucket.Arn}`, to all others it denies",
            }
            : S3Errors.NoSuchKey(request.Bucket.Name, request.Key);
    }

    /// <summary>Headers and, unless for HEAD, bytes; the conditions, the range or the part that the request asks for.</summary>
    public static AwsResponse Answer(S3Request request, BucketStore buckets)
    {
        // 1: the version
        if (!Find(request, buckets).Succeeds(out var stored, out var error))
        {
            return error;
        }

        if (request.Caller is Caller.Anonymous && Overrides.Any(pair => request.Query.Has(pair.Query)))
        {
            return S3Errors.InvalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
        }

        // 2: the conditions, and 3: the range
        return Serve(request, buckets, stored);
    }

    /// <summary>The same for a version that was found: conditions, range, part.</summary>
    public static AwsResponse Serve(S3Request request, BucketStore buckets, StoredObject stored)
    {
        switch (Preconditions.Read(request.Header).Judge(stored.ETag, stored.Modified, request.ReceivedAt))
        {
            case PreconditionOutcome.Failed failed:
                return S3Errors.PreconditionFailed(failed.Header, Preconditions.Cause(failed.Header, request.Header(failed.Header), stored));
            case PreconditionOutcome.NotModified:
                var headers = request.Http.Response.Headers;
                headers.ETag = $"\"{stored.ETag}\"";
                headers.LastModified = HttpDate(stored.Modified);
                return S3Errors.NotModified();
        }

        var range = request.Header("Range");
        if (request.Query["partNumber"] is { } text)
        {
            return range is not null
                ? S3Errors.InvalidRequest("Cannot specify both Range header and partNumber query parameter")
                : Part(request, buckets, stored, text);
        }

        return ByteRange.Resolve(range, stored.Size) switch
        {
            RangeOutcome.Unsatisfiable => S3Errors.InvalidRange(range!, stored.Size),
            RangeOutcome.Part part => Response(request, buckets, stored, part.Range),
            _ => Response(request, buckets, stored, null),
        };
    }

    public static string HttpDate(DateTimeOffset time) => time.ToString("r", CultureInfo.InvariantCulture);

    private static Permission ListPermission(S3Request request) =>
        request.OnBucket("s3:ListBucket") with { Keys = [new("s3:prefix", request.Key)] };

    private static AwsResponse Part(S3Request request, BucketStore buckets, StoredObject stored, string text)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is 0 or > PartNumber.Max)
        {
            return S3Errors.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
        }

        var count = Math.Max(1, stored.Parts);
        if (number > count)
        {
            return S3Errors.InvalidPartNumber(number, count);
        }

        // The parts of an object are counted, whatever numbers they were uploaded under.
        var before = buckets.Parts(stored, max: number);
        var range = new ByteRange(before.Take(number - 1).Sum(part => part.Size), before[number - 1].Size);
        var response = Response(request, buckets, stored, range);
        return stored.Parts == 0 ? response : response.With("x-amz-mp-parts-count", stored.Parts.ToString(CultureInfo.InvariantCulture));
    }

    private static ObjectResponse Response(S3Request request, BucketStore buckets, StoredObject stored, ByteRange? range)
    {
        var response = new ObjectResponse(buckets, stored, range).With("x-amz-server-side-encryption", "AES256");
        if (request.Bucket.Versioning != VersioningStatus.Unset)
        {
            response.With("x-amz-version-id", stored.Version);
        }

        if (stored.Tags.Count > 0)
        {
            response.With("x-amz-tagging-count", stored.Tags.Count.ToString(CultureInfo.InvariantCulture));
        }

        // A checksum of the whole says nothing about a part, and clients that got one would check it.
        var whole = range is null || range.Value.Length == stored.Size;
        if (stored.Checksum is { } checksum && whole
            && string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase))
        {
            response.With(checksum.Algorithm.Header, checksum.Value).With("x-amz-checksum-type", checksum.TypeName);
        }

        foreach (var (query, header) in Overrides)
        {
            if (request.Query[query] is { } value)
            {
                response.With(header, value);
            }
        }

        return response;
    }
}
