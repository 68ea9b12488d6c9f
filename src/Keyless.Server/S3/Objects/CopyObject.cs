using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Objects;

/// <summary>API Reference, <c>CopyObject</c>.</summary>
internal sealed class CopyObject(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "CopyObject";

    public override S3Route Route => new("PUT", S3Scope.Object) { FromCopySource = true };


    protected override Needs Permissions(S3Request request) =>
        CopySource.Find(request, Buckets).Succeeds(out var source, out var error)
            ? RequestHeaders.Permissions(request).AddRange(source.Permissions(request, withTags: Directive(request, "x-amz-tagging-directive") != "REPLACE"))
            : error;

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        // 1: the source and what of it is taken over
        if (!CopySource.Find(request, Buckets).Succeeds(out var source, out var error)
            || !source.Read(request, Buckets).Succeeds(out var original, out error)
            || !RequestHeaders.Read(request).Succeeds(out var headers, out error)
            || !RequestHeaders.Tags(request).Succeeds(out var tags, out error)
            || !RequestHeaders.Condition(request).Succeeds(out var condition, out error))
        {
            return error;
        }

        var (metadata, tagging) = (Directive(request, "x-amz-metadata-directive"), Directive(request, "x-amz-tagging-directive"));
        if (metadata is not ("COPY" or "REPLACE"))
        {
            return S3Errors.InvalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", metadata);
        }

        if (tagging is not ("COPY" or "REPLACE"))
        {
            return S3Errors.InvalidArgument("Unknown tagging directive.", "x-amz-tagging-directive", tagging);
        }

        if (metadata == "COPY" && ChangesNothing(request, source, headers))
        {
            return S3Errors.InvalidRequest(
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, "
                + "storage class, website redirect location or encryption attributes.",
                $"the object `{request.Key}` would be copied onto itself, with nothing about it changed",
                "say what changes: `--metadata-directive REPLACE` with the metadata, or another storage class");
        }

        if (original.Size > ReceivedBody.MaxSize)
        {
            return S3Errors.InvalidRequest("The specified copy source is larger than the maximum allowable size for a copy source: 5368709120");
        }

        if (!ChecksumOf(request, original).Succeeds(out var algorithm, out error))
        {
            return error;
        }

        // 2: the bytes
        using var writer = Buckets.Files.Begin();
        var (md5, checksum) = await ObjectContent.Copy(Buckets, original, new ByteRange(0, original.Size), writer, algorithm, request.Aborted);

        // 3: the name
        var item = new NewObject(
            request.Key,
            metadata == "REPLACE" ? headers : Kept(original.Headers, headers),
            tagging == "REPLACE" ? tags : original.Tags);
        var outcome = await Buckets.Put(request.Bucket, item, condition, writer.Finish(), md5, checksum);
        if (outcome is not PutOutcome.Stored { Object: var stored })
        {
            return RequestHeaders.Refused(request, outcome);
        }

        writer.Keep();
        return S3Response
            .Xml(xml => xml
                .Open("CopyObjectResult", S3Xml.Namespace)
                .Element("LastModified", S3Xml.Time(stored.Modified))
                .Element("ETag", $"\"{stored.ETag}\"")
                .Element("ChecksumType", checksum.TypeName)
                .Element(checksum.Algorithm.Element, checksum.Value)
                .Close("CopyObjectResult"))
            .With("x-amz-server-side-encryption", "AES256")
            .With("x-amz-copy-source-version-id", source.Bucket.Versioning == VersioningStatus.Unset ? null : original.Version)
            .WithVersion(request.Bucket, stored.Version);
    }

    private static string Directive(S3Request request, string header) => request.Header(header) is { Length: > 0 } value ? value : "COPY";

    /// <summary>Storage class and redirect are the request's own also when metadata is copied.</summary>
    private static ObjectHeaders Kept(ObjectHeaders original, ObjectHeaders own)
    {
        var kept = new ObjectHeaders([.. original.Values.Where(value => value.Key is not ("x-amz-storage-class" or "x-amz-website-redirect-location"))]);
        foreach (var name in (string[])["x-amz-storage-class", "x-amz-website-redirect-location"])
        {
            kept = own[name] is { } value ? kept.With(name, value) : kept;
        }

        return kept;
    }

    private static bool ChangesNothing(S3Request request, CopySource source, ObjectHeaders headers) =>
        source.Bucket.Name == request.Bucket.Name
        && source.Key == request.Key
        && source.Version is null
        && headers["x-amz-storage-class"] is null
        && headers.WebsiteRedirect is null
        && request.Header("x-amz-server-side-encryption") is null;

    private static Parsed<ChecksumAlgorithm> ChecksumOf(S3Request request, StoredObject original)
    {
        if (request.Header("x-amz-checksum-algorithm") is not { } name)
        {
            return original.Checksum?.Algorithm ?? ChecksumAlgorithm.Crc64Nvme;
        }

        return ChecksumAlgorithm.ByName(name) is { } algorithm ? algorithm : S3Errors.UnsupportedChecksum();
    }
}
