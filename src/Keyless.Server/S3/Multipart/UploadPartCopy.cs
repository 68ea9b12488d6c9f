using System.Globalization;
using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Multipart;

/// <summary>API Reference, <c>UploadPartCopy</c>: a part from the bytes of an object.</summary>
internal sealed class UploadPartCopy(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "UploadPartCopy";

    public override S3Route Route => new("PUT", S3Scope.Object, "uploadId") { FromCopySource = true };


    protected override Needs Permissions(S3Request request) =>
        CopySource.Find(request, Buckets).Succeeds(out var source, out var error)
            ? source.Permissions(request, withTags: false).Insert(0, request.OnObject("s3:PutObject"))
            : error;

    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!PartNumber.Read(request).Succeeds(out var number, out var error)
            || !CopySource.Find(request, Buckets).Succeeds(out var source, out error)
            || !source.Read(request, Buckets).Succeeds(out var original, out error)
            || !RangeOf(request, original).Succeeds(out var range, out error))
        {
            return error;
        }

        if (Buckets.FindUpload(request.Bucket, request.Key, request.Query["uploadId"]!) is not { CompletedVersion: null } upload)
        {
            return S3Errors.NoSuchUpload(request.Query["uploadId"]!);
        }

        using var writer = Buckets.Files.Begin();
        var (md5, checksum) = await ObjectContent.Copy(
            Buckets, original, range, writer, upload.ChecksumAlgorithm ?? ChecksumAlgorithm.Crc64Nvme, request.Aborted);
        if (!await Buckets.PutPart(request.Bucket, upload, number, writer.Finish(), md5, checksum.Value))
        {
            return S3Errors.NoSuchUpload(upload.Id);
        }

        writer.Keep();
        return S3Response
            .Xml(xml =>
            {
                xml.Open("CopyPartResult", S3Xml.Namespace)
                    .Element("LastModified", S3Xml.Time(request.ReceivedAt))
                    .Element("ETag", $"\"{Convert.ToHexStringLower(md5)}\"");
                if (upload.ChecksumAlgorithm is { } algorithm)
                {
                    xml.Element(algorithm.Element, checksum.Value);
                }

                xml.Close("CopyPartResult");
            })
            .With("x-amz-server-side-encryption", "AES256")
            .With("x-amz-copy-source-version-id", source.Bucket.Versioning == VersioningStatus.Unset ? null : original.Version);
    }

    private static Parsed<ByteRange> RangeOf(S3Request request, StoredObject original)
    {
        const string header = "x-amz-copy-source-range";
        if (request.Header(header) is not { } text)
        {
            return original.Size > ReceivedBody.MaxSize
                ? S3Errors.InvalidRequest("The specified copy source is larger than the maximum allowable size for a copy source: 5368709120")
                : new ByteRange(0, original.Size);
        }

        // Unlike a Range header, this one must be exact.
        const string unit = "bytes=";
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!text.StartsWith(unit, StringComparison.Ordinal) || dash < 0
            || !long.TryParse(text.AsSpan(unit.Length, dash - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || last < first)
        {
            return S3Errors.InvalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of "
                + "the first and last bytes to copy", header, text);
        }

        return last >= original.Size
            ? S3Errors.InvalidArgument($"Range specified is not valid for source object of size: {original.Size}", header, text)
            : new ByteRange(first, last - first + 1);
    }
}
