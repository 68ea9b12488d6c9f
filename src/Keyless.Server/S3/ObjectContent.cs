using System.Buffers;
using Keyless.Server.S3.Checksums;
using Keyless.Server.Storage;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.S3;

/// <summary>The bytes of an object, whatever parts and places they are in.</summary>
internal static class ObjectContent
{
    /// <summary>Sends a range to a client.</summary>
    public static async ValueTask Send(BucketStore buckets, StoredObject stored, ByteRange range, HttpResponse response, CancellationToken cancelled)
    {
        foreach (var (part, within) in Pieces(buckets, stored, range))
        {
            if (part.File is { } file)
            {
                await response.SendFileAsync(buckets.Files.PathOf(file), within.Offset, within.Length, cancelled);
            }
            else
            {
                await response.BodyWriter.WriteAsync(
                    buckets.Inline(stored, part.Number).AsMemory((int)within.Offset, (int)within.Length), cancelled);
            }
        }
    }

    /// <summary>Copies a range into another object's bytes, which get their own digests.</summary>
    public static async ValueTask<(byte[] Md5, Checksum Checksum)> Copy(
        BucketStore buckets, StoredObject stored, ByteRange range, ObjectWriter writer, ChecksumAlgorithm algorithm, CancellationToken cancelled)
    {
        using var md5 = ChecksumAlgorithm.Md5.Start();
        using var checksum = algorithm.Start();
        var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            foreach (var (part, within) in Pieces(buckets, stored, range))
            {
                if (part.File is null)
                {
                    Append(buckets.Inline(stored, part.Number).AsSpan((int)within.Offset, (int)within.Length));
                    continue;
                }

                using var file = File.OpenHandle(buckets.Files.PathOf(part.File), options: FileOptions.Asynchronous | FileOptions.SequentialScan);
                for (var (at, left) = (within.Offset, within.Length); left > 0;)
                {
                    var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), at, cancelled);
                    if (read == 0)
                    {
                        throw new EndOfStreamException($"`{part.File}` is shorter than its row says");
                    }

                    Append(buffer.AsSpan(0, read));
                    (at, left) = (at + read, left - read);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return (md5.Finish(), new Checksum(algorithm, ChecksumType.FullObject, Convert.ToBase64String(checksum.Finish())));

        void Append(ReadOnlySpan<byte> bytes)
        {
            md5.Append(bytes);
            checksum.Append(bytes);
            writer.Append(bytes);
        }
    }

    /// <summary>The parts that a range touches, each with the range within it.</summary>
    private static IEnumerable<(StoredPart Part, ByteRange Within)> Pieces(BucketStore buckets, StoredObject stored, ByteRange range)
    {
        var (start, end) = (range.Offset, range.Offset + range.Length);
        var at = 0L;
        foreach (var part in buckets.Parts(stored))
        {
            var (from, to) = (Math.Max(start, at), Math.Min(end, at + part.Size));
            if (from < to)
            {
                yield return (part, new ByteRange(from - at, to - from));
            }

            at += part.Size;
        }
    }
}
