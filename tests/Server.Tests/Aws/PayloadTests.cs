using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Keyless.Server.Aws;
using Keyless.Server.S3;
using Xunit;

namespace Keyless.Tests.Aws;

/// <summary>Bodies of S3 requests: plain, aws-chunked unsigned and signed, with trailers. What was changed on the way never ends well.</summary>
public sealed class PayloadTests
{
    private const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string UnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    private static readonly byte[] Key = SHA256.HashData("key"u8);
    private static readonly string Seed = new('a', 64);

    [Fact]
    public async Task An_unsigned_chunked_body_with_its_checksum_as_botocore_sends_it()
    {
        var (body, error) = await Read(Chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n", $"x-amz-checksum-crc32:{Crc32("hello world")}\r\n\r\n", 11));
        Assert.Null(error);
        Assert.Equal("hello world", body);
    }

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n", "x-amz-checksum-crc32:AAAAAA==\r\n\r\n", 5, "BadDigest")]
    [InlineData("5\r\nhello\r\n0\r\n", "x-amz-checksum-crc32:short\r\n\r\n", 5, "InvalidRequest")]
    [InlineData("5\r\nhello\r\n0\r\n", "\r\n", 5, "MalformedTrailerError")]
    [InlineData("5\r\nhello\r\n0\r\n", "no trailer\r\n\r\n", 5, "MalformedTrailerError")]
    [InlineData("5\r\nhello\r\n", "", 5, "IncompleteBody")]
    [InlineData("5\r\nhel", "", 5, "IncompleteBody")]
    [InlineData("5\r\nhello\r\n0\r\n", "x-amz-checksum-crc32:NhCmhg==\r\n\r\n", 6, "IncompleteBody")]
    [InlineData("5\r\nhello\r\n0\r\n", "x-amz-checksum-crc32:NhCmhg==\r\n\r\n", 4, "IncompleteBody")]
    [InlineData("5\r\nhellooo\r\n0\r\n", "", 7, "InvalidRequest")]
    [InlineData("zz\r\nhello\r\n0\r\n", "", 5, "InvalidRequest")]
    [InlineData("-5\r\nhello\r\n0\r\n", "", 5, "InvalidRequest")]
    [InlineData("ffffffffffffffff\r\nhello\r\n0\r\n", "", 5, "InvalidRequest")]
    public async Task A_body_that_is_not_what_it_says_is_refused(string chunks, string trailer, int length, string code) =>
        Assert.Equal(code, (await Read(Chunked(chunks, trailer, length))).Error?.Code);

    [Fact]
    public async Task A_chunk_header_without_end_is_not_read_for_ever() =>
        Assert.Equal("InvalidRequest", (await Read(Chunked(new string('0', Payload.MaxLine + 10), "", 5))).Error?.Code);

    [Fact]
    public async Task A_plain_body_must_have_the_hash_that_was_signed()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData("hello"u8));
        Assert.Equal(("hello", null), await Read(PlainRequest.Of("hello", ("x-amz-content-sha256", hash))));
        Assert.Equal("XAmzContentSHA256Mismatch", (await Read(PlainRequest.Of("hullo", ("x-amz-content-sha256", hash)))).Error?.Code);
        Assert.Equal("InvalidArgument", (await Read(PlainRequest.Of("hello", ("x-amz-content-sha256", "nonsense")))).Error?.Code);
    }

    [Fact]
    public async Task Two_checksums_are_one_too_many() => Assert.Equal(
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        (await Read(PlainRequest.Of("hello", ("x-amz-checksum-crc32", "NhCmhg=="), ("x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=")))).Error?.Message);

    [Fact]
    public void What_is_signed_chunk_by_chunk_is_read_back_and_any_changed_byte_is_found() =>
        Gen.Select(Gen.Byte.Array[1, 300], Gen.Bool, Gen.Int[0, int.MaxValue]).Sample((data, trailer, where) =>
        {
            var body = Signed(data, trailer);
            Assert.Equal((Convert.ToHexString(data), null), ReadBytes(body, data.Length, trailer));

            // Some bytes are free, such as the spaces of a trailer; then the data must be the same still.
            var changed = (byte[])body.Clone();
            var at = where % body.Length;
            changed[at] ^= 1;
            var (read, error) = ReadBytes(changed, data.Length, trailer);
            Assert.True(error is not null || read == Convert.ToHexString(data), $"byte {at} was changed unnoticed");
        }, iter: 300);

    private static (string Data, string? Error) ReadBytes(byte[] body, int length, bool trailer)
    {
        var request = PlainRequest.Of(
            body,
            [("x-amz-decoded-content-length", $"{length}"), .. trailer ? new[] { ("x-amz-trailer", "x-amz-checksum-sha256") } : []]);
        request.Signature = new SignedWith(
            "AKID", false, "us-east-1", "20300101/us-east-1/s3/aws4_request", DateTimeOffset.UnixEpoch, "20300101T000000Z", Key, Seed,
            trailer ? "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" : "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
        var (data, error) = ReadAll(request).GetAwaiter().GetResult();
        return (data is null ? "" : Convert.ToHexString(data), error?.Code);
    }

    private static byte[] Signed(byte[] data, bool trailer)
    {
        var output = new MemoryStream();
        var previous = Seed;
        foreach (var chunk in new[] { data, [] })
        {
            previous = Sign($"AWS4-HMAC-SHA256-PAYLOAD\n20300101T000000Z\n20300101/us-east-1/s3/aws4_request\n{previous}\n{Empty}\n{Convert.ToHexStringLower(SHA256.HashData(chunk))}");
            output.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x};chunk-signature={previous}\r\n"));
            output.Write(chunk);
            if (chunk.Length > 0)
            {
                output.Write("\r\n"u8);
            }
        }

        if (trailer)
        {
            var line = $"x-amz-checksum-sha256:{Convert.ToBase64String(SHA256.HashData(data))}";
            var signature = Sign($"AWS4-HMAC-SHA256-TRAILER\n20300101T000000Z\n20300101/us-east-1/s3/aws4_request\n{previous}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(line + "\n")))}");
            output.Write(Encoding.ASCII.GetBytes($"{line}\r\nx-amz-trailer-signature:{signature}\r\n"));
        }

        output.Write("\r\n"u8);
        return output.ToArray();
    }

    private static string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(text)));

    private static string Crc32(string text)
    {
        var value = System.IO.Hashing.Crc32.Hash(Encoding.UTF8.GetBytes(text));
        Array.Reverse(value);
        return Convert.ToBase64String(value);
    }

    private static PlainRequest Chunked(string chunks, string trailer, int length) => PlainRequest.Of(
        chunks + trailer, ("x-amz-content-sha256", UnsignedTrailer), ("x-amz-decoded-content-length", $"{length}"), ("x-amz-trailer", "x-amz-checksum-crc32"));

    private static async Task<(string? Body, AwsError? Error)> Read(PlainRequest request)
    {
        var (body, error) = await ReadAll(request);
        return (body is null ? null : Encoding.UTF8.GetString(body), error);
    }

    private static async Task<(byte[]? Body, AwsError? Error)> ReadAll(PlainRequest request)
    {
        var (payload, error) = Payload.Open(request);
        if (payload is null)
        {
            return (null, error);
        }

        using (payload)
        {
            return await payload.ReadAll(1 << 20, CancellationToken.None);
        }
    }
}
