using Keyless.Server.Aws;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>The bytes of an upload: durable, verified against every digest the client sent, but named by no row yet.</summary>
/// <param name="Checksum">The one to keep.</param>
/// <param name="Sent">The algorithm that the client used; null for none.</param>
internal sealed record ReceivedBody(StoredBytes Bytes, byte[] Md5, Checksum Checksum, ChecksumAlgorithm? Sent)
{
    /// <summary>5 GiB, for one PUT and for one part.</summary>
    public const long MaxSize = 5L << 30;

    /// <summary>
    /// Reads the body into the writer, hashing as it comes. In order: 1 what the headers alone can tell, 2 the bytes, 3 the digests.
    /// </summary>
    /// <param name="keep">The checksum to keep; null for the client's, or CRC64NVME when it sends none, as AWS does.</param>
    public static async ValueTask<Parsed<ReceivedBody>> Receive(S3Request request, ObjectWriter writer, ChecksumAlgorithm? keep = null)
    {
        // 1
        if (ContentMd5.Fault(request) is { } invalid)
        {
            return invalid;
        }

        var (payload, error) = Payload.Open(request);
        if (payload is null)
        {
            return error!;
        }

        using (payload)
        {
            if (HeaderFault(request, payload) is { } fault)
            {
                return fault;
            }

            // 2: the payload computes the checksum that the client named
            var algorithm = keep ?? payload.Checksum ?? ChecksumAlgorithm.Crc64Nvme;
            using var md5 = ChecksumAlgorithm.Md5.Start();
            using var checksum = algorithm == payload.Checksum ? null : algorithm.Start();
            while (true)
            {
                var read = await payload.Read(request.Aborted);
                if (read.Error is not null)
                {
                    return read.Error;
                }

                if (read.IsEnd)
                {
                    break;
                }

                foreach (var segment in read.Data)
                {
                    md5.Append(segment.Span);
                    checksum?.Append(segment.Span);
                    writer.Append(segment.Span);
                }

                if (writer.Size > MaxSize)
                {
                    return S3Errors.EntityTooLarge(writer.Size, MaxSize);
                }
            }

            // 3
            var digest = md5.Finish();
            if (ContentMd5.Verify(request, digest) is { } mismatch)
            {
                return mismatch;
            }

            return new ReceivedBody(
                writer.Finish(),
                digest,
                new Checksum(
                    algorithm,
                    ChecksumType.FullObject,
                    checksum is null ? payload.ChecksumValue! : Convert.ToBase64String(checksum.Finish())),
                payload.Checksum);
        }
    }

    private static AwsError? HeaderFault(S3Request request, Payload payload)
    {
        if (payload.DeclaredLength is not { } length)
        {
            return S3Errors.MissingContentLength();
        }

        if (length > MaxSize)
        {
            return S3Errors.EntityTooLarge(length, MaxSize);
        }

        return request.Header("x-amz-sdk-checksum-algorithm") is not null && payload.Checksum is null
            ? S3Errors.InvalidRequest(
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
            : null;
    }
}
