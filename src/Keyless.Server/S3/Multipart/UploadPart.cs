using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3.Multipart;

/// <summary>API Reference, <c>UploadPart</c>.</summary>
internal sealed class UploadPart(BucketStore buckets) : S3Operation(buckets)
{
    public override string Name => "UploadPart";

    public override S3Route Route => new("PUT", S3Scope.Object, "uploadId");

    protected override Needs Permissions(S3Request request) => request.OnObject("s3:PutObject");


    protected override async ValueTask<AwsResponse> Run(S3Request request)
    {
        if (!PartNumber.Read(request).Succeeds(out var number, out var error))
        {
            return error;
        }

        if (Buckets.FindUpload(request.Bucket, request.Key, request.Query["uploadId"]!) is not { CompletedVersion: null } upload)
        {
            return S3Errors.NoSuchUpload(request.Query["uploadId"]!);
        }

        using var writer = Buckets.Files.Begin();
        if (!(await ReceivedBody.Receive(request, writer, upload.ChecksumAlgorithm ?? ChecksumAlgorithm.Crc64Nvme)).Succeeds(out var body, out error))
        {
            return error;
        }

        // A part must be hashed as its upload says.
        if (upload.ChecksumAlgorithm is { } wanted && body.Sent != wanted)
        {
            return S3Errors.InvalidRequest(
                $"Checksum Type mismatch occurred, expected checksum Type: {wanted.Name.ToLowerInvariant()}, actual checksum Type: "
                + (body.Sent?.Name.ToLowerInvariant() ?? "null"));
        }

        if (!await Buckets.PutPart(request.Bucket, upload, number, body.Bytes, body.Md5, body.Checksum.Value))
        {
            return S3Errors.NoSuchUpload(upload.Id);
        }

        writer.Keep();
        return S3Response.Ok()
            .With("ETag", $"\"{Convert.ToHexStringLower(body.Md5)}\"")
            .With("x-amz-server-side-encryption", "AES256")
            .With(body.Checksum.Algorithm.Header, body.Checksum.Value);
    }
}
