using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Xunit;

namespace Server.Tests.S3;

public sealed class MultipartTests(S3Server s3) : IClassFixture<S3Server>
{
    private const int PartSize = 5 << 20;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("CRC32", "COMPOSITE")]
    [InlineData("CRC32", "FULL_OBJECT")]
    [InlineData("SHA256", "COMPOSITE")]
    public async Task Parts_become_an_object_with_their_checksum(string algorithm, string type)
    {
        var bucket = await s3.NewBucket();
        var bytes = RandomNumberGenerator.GetBytes(PartSize + 1000);
        var upload = await s3.Client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = bucket, Key = "k", ChecksumAlgorithm = new ChecksumAlgorithm(algorithm), ChecksumType = new ChecksumType(type), ContentType = "x/y" }, Cancelled);
        var parts = new List<PartETag>();

        // In no order.
        foreach (var number in (int[])[2, 1])
        {
            var slice = number == 1 ? bytes[..PartSize] : bytes[PartSize..];
            var part = await s3.Client.UploadPartAsync(
                new UploadPartRequest { BucketName = bucket, Key = "k", UploadId = upload.UploadId, PartNumber = number, InputStream = new MemoryStream(slice), ChecksumAlgorithm = new ChecksumAlgorithm(algorithm) }, Cancelled);
            parts.Insert(0, new PartETag { PartNumber = number, ETag = part.ETag, ChecksumCRC32 = part.ChecksumCRC32, ChecksumSHA256 = part.ChecksumSHA256 });
        }

        var listed = await s3.Client.ListPartsAsync(bucket, "k", upload.UploadId, Cancelled);
        Assert.Equal([1, 2], listed.Parts.Select(part => part.PartNumber ?? 0));
        var complete = new CompleteMultipartUploadRequest { BucketName = bucket, Key = "k", UploadId = upload.UploadId, PartETags = parts, ChecksumType = new ChecksumType(type) };
        var done = await s3.Client.CompleteMultipartUploadAsync(complete, Cancelled);
        Assert.EndsWith("-2\"", done.ETag, StringComparison.Ordinal);
        Assert.Equal(type, done.ChecksumType.Value);
        Assert.Equal(type == "COMPOSITE", (done.ChecksumCRC32 ?? done.ChecksumSHA256).EndsWith("-2", StringComparison.Ordinal));
        if (type == "FULL_OBJECT")
        {
            var whole = System.IO.Hashing.Crc32.Hash(bytes);
            Array.Reverse(whole);
            Assert.Equal(Convert.ToBase64String(whole), done.ChecksumCRC32);
        }

        using var got = await s3.Client.GetObjectAsync(bucket, "k", Cancelled);
        Assert.Equal(bytes, await ObjectTests.Bytes(got));
        Assert.Equal("x/y", got.Headers.ContentType);
        using var second = await s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", PartNumber = 2 }, Cancelled);
        Assert.Equal((1000, 2), (second.ContentLength, second.PartsCount));
        using var across = await s3.Client.GetObjectAsync(
            new GetObjectRequest { BucketName = bucket, Key = "k", ByteRange = new ByteRange(PartSize - 3, PartSize + 2) }, Cancelled);
        Assert.Equal(bytes[(PartSize - 3)..(PartSize + 3)], await ObjectTests.Bytes(across));

        // An answer that got lost is given again.
        var again = await s3.Client.CompleteMultipartUploadAsync(complete, Cancelled);
        Assert.Equal(done.ETag, again.ETag);
    }

    [Fact]
    public async Task CompleteMultipartUpload_with_a_wrong_list()
    {
        var bucket = await s3.NewBucket();
        var id = (await s3.Client.InitiateMultipartUploadAsync(bucket, "k", Cancelled)).UploadId;
        var one = await Part(bucket, id, 1, 10);
        var two = await Part(bucket, id, 2, 10);
        Assert.Equal("EntityTooSmall", await Code(one, two));
        Assert.Equal("InvalidPart", await Code(new PartETag(1, "\"00000000000000000000000000000000\"")));
        Assert.Equal("InvalidPart", await Code(new PartETag(3, one.ETag)));
        Assert.Equal("MalformedXML", await Code());
        await s3.Client.CompleteMultipartUploadAsync(Complete(two), Cancelled);
        Assert.Equal(10, (await s3.Client.GetObjectMetadataAsync(bucket, "k", Cancelled)).ContentLength);

        async Task<string> Code(params PartETag[] parts) => (await ObjectTests.Error(s3.Client.CompleteMultipartUploadAsync(Complete(parts), Cancelled))).ErrorCode;

        CompleteMultipartUploadRequest Complete(params PartETag[] parts) => new() { BucketName = bucket, Key = "k", UploadId = id, PartETags = [.. parts] };
    }

    [Fact]
    public async Task AbortMultipartUpload_removes_the_parts()
    {
        var bucket = await s3.NewBucket();
        var id = (await s3.Client.InitiateMultipartUploadAsync(bucket, "k", Cancelled)).UploadId;
        await Part(bucket, id, 1, 100_000);
        var uploads = await s3.Client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket }, Cancelled);
        Assert.Equal(id, Assert.Single(uploads.MultipartUploads).UploadId);
        await s3.Client.AbortMultipartUploadAsync(bucket, "k", id, Cancelled);
        var error = await ObjectTests.Error(s3.Client.ListPartsAsync(bucket, "k", id, Cancelled));
        Assert.Equal(("NoSuchUpload", HttpStatusCode.NotFound), (error.ErrorCode, error.StatusCode));
        Assert.Equal("NoSuchUpload", (await ObjectTests.Error(s3.Client.AbortMultipartUploadAsync(bucket, "k", id, Cancelled))).ErrorCode);
    }

    [Fact]
    public async Task UploadPartCopy_takes_a_range_of_an_object()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "source", "0123456789");
        var id = (await s3.Client.InitiateMultipartUploadAsync(bucket, "k", Cancelled)).UploadId;
        var copy = new CopyPartRequest
        {
            SourceBucket = bucket, SourceKey = "source", DestinationBucket = bucket, DestinationKey = "k", UploadId = id, PartNumber = 1, FirstByte = 2, LastByte = 5,
        };
        var part = await s3.Client.CopyPartAsync(copy, Cancelled);
        await s3.Client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest { BucketName = bucket, Key = "k", UploadId = id, PartETags = [new PartETag(1, part.ETag)] }, Cancelled);
        using var got = await s3.Client.GetObjectAsync(bucket, "k", Cancelled);
        Assert.Equal("2345"u8.ToArray(), await ObjectTests.Bytes(got));
    }

    [Fact]
    public async Task The_transfer_utility_uploads_and_downloads_a_large_file()
    {
        var bucket = await s3.NewBucket();
        var bytes = RandomNumberGenerator.GetBytes(17 << 20);
        using var transfer = new TransferUtility(s3.Client, new TransferUtilityConfig { MinSizeBeforePartUpload = PartSize });
        await transfer.UploadAsync(new MemoryStream(bytes), bucket, "large", Cancelled);
        using var got = await s3.Client.GetObjectAsync(bucket, "large", Cancelled);
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(await ObjectTests.Bytes(got)));
    }

    private async Task<PartETag> Part(string bucket, string id, int number, int size)
    {
        var part = await s3.Client.UploadPartAsync(
            new UploadPartRequest { BucketName = bucket, Key = "k", UploadId = id, PartNumber = number, InputStream = new MemoryStream(new byte[size]) }, Cancelled);
        return new PartETag(number, part.ETag);
    }
}
