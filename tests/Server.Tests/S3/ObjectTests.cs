using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Xunit;

namespace Server.Tests.S3;

public sealed class ObjectTests(S3Server s3) : IClassFixture<S3Server>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 << 10)]
    [InlineData((16 << 10) + 1)]
    [InlineData(3_000_000)]
    public async Task PutObject_then_GetObject_gives_the_same_bytes(int size)
    {
        var bucket = await s3.NewBucket();
        var bytes = RandomNumberGenerator.GetBytes(size);
        var put = await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "key", InputStream = new MemoryStream(bytes) }, Cancelled);
        Assert.Equal($"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}\"", put.ETag);
        using var got = await s3.Client.GetObjectAsync(bucket, "key", Cancelled);
        Assert.Equal(bytes, await Bytes(got));
        Assert.Equal(put.ETag, got.ETag);
    }

    [Fact]
    public async Task PutObject_to_a_missing_bucket()
    {
        var error = await Error(s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = "no-such-bucket-here", Key = "k", ContentBody = "x" }, Cancelled));
        Assert.Equal(("NoSuchBucket", HttpStatusCode.NotFound), (error.ErrorCode, error.StatusCode));
    }

    [Fact]
    public async Task GetObject_of_a_missing_key()
    {
        var bucket = await s3.NewBucket();
        var error = await Error(s3.Client.GetObjectAsync(bucket, "none", Cancelled));
        Assert.Equal(("NoSuchKey", HttpStatusCode.NotFound), (error.ErrorCode, error.StatusCode));
    }

    [Fact]
    public async Task HeadObject_of_a_missing_key_has_no_body()
    {
        var bucket = await s3.NewBucket();
        var error = await Error(s3.Client.GetObjectMetadataAsync(bucket, "none", Cancelled));
        Assert.Equal(HttpStatusCode.NotFound, error.StatusCode);
    }

    [Theory]
    [InlineData("a/../b")]
    [InlineData("./.")]
    [InlineData("a//b/")]
    [InlineData("with space+plus%25&=?#")]
    [InlineData("unicode-\U0001F600-é")]
    [InlineData("..")]
    [InlineData("../../../../etc/passwd")]
    public async Task Keys_survive_whatever_they_look_like(string key)
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, key, "text");
        using var got = await s3.Client.GetObjectAsync(bucket, key, Cancelled);
        Assert.Equal("text", Encoding.UTF8.GetString(await Bytes(got)));
        var listed = await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancelled);
        Assert.Equal(key, Assert.Single(listed.S3Objects).Key);
    }

    [Fact]
    public async Task Metadata_and_headers_come_back()
    {
        var bucket = await s3.NewBucket();
        var put = new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "x", ContentType = "text/css" };
        put.Metadata["Color"] = "blue";
        put.Headers.CacheControl = "max-age=60";
        put.Headers.ContentDisposition = "inline";
        put.Headers.ContentEncoding = "gzip";
        put.Headers["Content-Language"] = "de";
        put.Headers["x-amz-website-redirect-location"] = "/there";
        await s3.Client.PutObjectAsync(put, Cancelled);
        var head = await s3.Client.GetObjectMetadataAsync(bucket, "k", Cancelled);
        Assert.Equal(
            ("text/css", "max-age=60", "inline", "gzip", "blue", "/there"),
            (head.Headers.ContentType, head.Headers.CacheControl, head.Headers.ContentDisposition, head.Headers.ContentEncoding, head.Metadata["color"], head.WebsiteRedirectLocation));
    }

    [Fact]
    public async Task Metadata_past_2_KB_is_too_large()
    {
        var bucket = await s3.NewBucket();
        var put = new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "x" };
        put.Metadata["big"] = new string('x', 2050);
        Assert.Equal("MetadataTooLarge", (await Error(s3.Client.PutObjectAsync(put, Cancelled))).ErrorCode);
    }

    [Fact]
    public async Task A_key_past_1024_bytes_is_too_long()
    {
        var bucket = await s3.NewBucket();
        Assert.Equal("KeyTooLongError", (await Error(s3.Client.GetObjectAsync(bucket, new string('k', 1025), Cancelled))).ErrorCode);
    }

    [Fact]
    public async Task GetObject_of_a_range()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "k", "0123456789");
        using var got = await s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", ByteRange = new ByteRange(2, 4) }, Cancelled);
        Assert.Equal("234", Encoding.UTF8.GetString(await Bytes(got)));
        Assert.Equal((HttpStatusCode.PartialContent, "bytes 2-4/10"), (got.HttpStatusCode, got.ContentRange));
        var error = await Error(s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", ByteRange = new ByteRange(10, 20) }, Cancelled));
        Assert.Equal(("InvalidRange", (HttpStatusCode)416), (error.ErrorCode, error.StatusCode));
    }

    [Fact]
    public async Task GetObject_under_conditions()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "k", "x");
        var etag = (await s3.Client.GetObjectMetadataAsync(bucket, "k", Cancelled)).ETag;
        Assert.Equal(
            (HttpStatusCode)304,
            (await Error(s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", EtagToNotMatch = etag }, Cancelled))).StatusCode);
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await Error(s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", EtagToMatch = "\"other\"" }, Cancelled))).StatusCode);
    }

    [Fact]
    public async Task PutObject_under_conditions()
    {
        var bucket = await s3.NewBucket();
        var first = await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "1", IfNoneMatch = "*" }, Cancelled);
        Assert.Equal("PreconditionFailed", await Code(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "2", IfNoneMatch = "*" }));
        Assert.Equal("PreconditionFailed", await Code(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "2", IfMatch = "\"other\"" }));
        Assert.Equal("NoSuchKey", await Code(new PutObjectRequest { BucketName = bucket, Key = "absent", ContentBody = "2", IfMatch = first.ETag }));
        await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "2", IfMatch = first.ETag }, Cancelled);

        async Task<string> Code(PutObjectRequest request) => (await Error(s3.Client.PutObjectAsync(request, Cancelled))).ErrorCode;
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    public async Task Checksums_are_verified_kept_and_returned(string algorithm)
    {
        var bucket = await s3.NewBucket();
        var name = new ChecksumAlgorithm(algorithm);

        // The SDK needs a native library for the algorithms of the CRT: their value comes from here.
        var body = Encoding.UTF8.GetBytes("123456789");
        using var digest = Keyless.Server.S3.Checksums.ChecksumAlgorithm.ByName(algorithm)!.Start();
        digest.Append(body);
        var value = Convert.ToBase64String(digest.Finish());
        await s3.Client.PutObjectAsync(Put(value), Cancelled);
        var head = await s3.Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = "k", ChecksumMode = ChecksumMode.ENABLED }, Cancelled);
        Assert.Equal(
            (value, "FULL_OBJECT"),
            (head.ChecksumCRC32 ?? head.ChecksumCRC32C ?? head.ChecksumCRC64NVME ?? head.ChecksumSHA1 ?? head.ChecksumSHA256, head.ChecksumType?.Value));
        var wrong = Convert.ToBase64String(new byte[Convert.FromBase64String(value).Length]);
        Assert.Equal("BadDigest", (await Error(s3.Client.PutObjectAsync(Put(wrong), Cancelled))).ErrorCode);

        PutObjectRequest Put(string checksum)
        {
            var request = new PutObjectRequest { BucketName = bucket, Key = "k", InputStream = new MemoryStream(body), ChecksumAlgorithm = name };
            _ = algorithm switch
            {
                "CRC32" => request.ChecksumCRC32 = checksum,
                "CRC32C" => request.ChecksumCRC32C = checksum,
                "CRC64NVME" => request.ChecksumCRC64NVME = checksum,
                "SHA1" => request.ChecksumSHA1 = checksum,
                _ => request.ChecksumSHA256 = checksum,
            };
            return request;
        }
    }

    [Fact]
    public async Task PutObject_with_a_wrong_Content_MD5()
    {
        var bucket = await s3.NewBucket();
        var put = new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "x", MD5Digest = Convert.ToBase64String(new byte[16]) };
        Assert.Equal("BadDigest", (await Error(s3.Client.PutObjectAsync(put, Cancelled))).ErrorCode);
        Assert.Equal("NoSuchKey", (await Error(s3.Client.GetObjectAsync(bucket, "k", Cancelled))).ErrorCode);
    }

    [Fact]
    public async Task CopyObject_keeps_metadata_or_replaces_it()
    {
        var bucket = await s3.NewBucket();
        var put = new PutObjectRequest { BucketName = bucket, Key = "from/ü +", ContentBody = "text", ContentType = "text/plain" };
        put.Metadata["a"] = "1";
        await s3.Client.PutObjectAsync(put, Cancelled);
        await s3.Client.CopyObjectAsync(bucket, "from/ü +", bucket, "kept", Cancelled);
        var kept = await s3.Client.GetObjectMetadataAsync(bucket, "kept", Cancelled);
        Assert.Equal(("text/plain", "1"), (kept.Headers.ContentType, kept.Metadata["a"]));
        var replace = new CopyObjectRequest
        {
            SourceBucket = bucket, SourceKey = "kept", DestinationBucket = bucket, DestinationKey = "kept",
            MetadataDirective = S3MetadataDirective.REPLACE, ContentType = "text/html",
        };
        await s3.Client.CopyObjectAsync(replace, Cancelled);
        var replaced = await s3.Client.GetObjectMetadataAsync(bucket, "kept", Cancelled);
        Assert.Equal(("text/html", 0), (replaced.Headers.ContentType, replaced.Metadata.Count));
    }

    /// <summary>Terraform's provider writes a blank as <c>+</c>, and S3 reads it so.</summary>
    [Fact]
    public async Task CopyObject_reads_its_source_as_a_form_is_read()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "a b+c", "text");
        var url = new GetPreSignedUrlRequest { BucketName = bucket, Key = "copy", Verb = HttpVerb.PUT, Protocol = Protocol.HTTP, Expires = DateTime.UtcNow.AddMinutes(5) };
        url.Headers["x-amz-copy-source"] = $"{bucket}%2Fa+b%2Bc";
        using var request = new HttpRequestMessage(HttpMethod.Put, await s3.Client.GetPreSignedURLAsync(url));
        request.Headers.TryAddWithoutValidation("x-amz-copy-source", url.Headers["x-amz-copy-source"]);
        using var answer = await s3.Http.SendAsync(request, Cancelled);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(4, (await s3.Client.GetObjectMetadataAsync(bucket, "copy", Cancelled)).ContentLength);
    }

    [Fact]
    public async Task CopyObject_onto_itself_without_a_change()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "k", "x");
        var error = await Error(s3.Client.CopyObjectAsync(bucket, "k", bucket, "k", Cancelled));
        Assert.Equal("InvalidRequest", error.ErrorCode);
        Assert.StartsWith("This copy request is illegal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CopyObject_from_a_missing_bucket()
    {
        var bucket = await s3.NewBucket();
        Assert.Equal("NoSuchBucket", (await Error(s3.Client.CopyObjectAsync("no-such-bucket-here", "k", bucket, "k", Cancelled))).ErrorCode);
    }

    [Fact]
    public async Task DeleteObject_of_a_missing_key_succeeds()
    {
        var bucket = await s3.NewBucket();
        Assert.Equal(HttpStatusCode.NoContent, (await s3.Client.DeleteObjectAsync(bucket, "none", Cancelled)).HttpStatusCode);
    }

    [Fact]
    public async Task DeleteObjects_reports_each_key()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "a", "1");
        await s3.Put(bucket, "b<&>", "2");
        var deleted = await s3.Client.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = bucket, Objects = [new() { Key = "a" }, new() { Key = "b<&>" }, new() { Key = "never" }] }, Cancelled);
        Assert.Equal(["a", "b<&>", "never"], deleted.DeletedObjects.Select(item => item.Key));
        Assert.Equal(0, (await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancelled)).KeyCount);
    }

    [Fact]
    public async Task Tags_come_with_the_object_or_later()
    {
        var bucket = await s3.NewBucket();
        await s3.Client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "x", TagSet = [new() { Key = "team", Value = "a b" }] }, Cancelled);
        var tags = await s3.Client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = bucket, Key = "k" }, Cancelled);
        Assert.Equal(("team", "a b"), (tags.Tagging[0].Key, tags.Tagging[0].Value));
        var put = new PutObjectTaggingRequest { BucketName = bucket, Key = "k", Tagging = new() { TagSet = [new() { Key = "x", Value = "1" }, new() { Key = "x", Value = "2" }] } };
        var error = await Error(s3.Client.PutObjectTaggingAsync(put, Cancelled));
        Assert.Equal(("InvalidTag", "Cannot provide multiple Tags with the same key"), (error.ErrorCode, error.Message));
        await s3.Client.DeleteObjectTaggingAsync(new DeleteObjectTaggingRequest { BucketName = bucket, Key = "k" }, Cancelled);
        tags = await s3.Client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = bucket, Key = "k" }, Cancelled);
        Assert.Empty(tags.Tagging ?? []);
    }

    [Fact]
    public async Task GetObjectAttributes_tells_what_was_asked()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "k", "text");
        var attributes = await s3.Client.GetObjectAttributesAsync(
            new GetObjectAttributesRequest { BucketName = bucket, Key = "k", ObjectAttributes = [ObjectAttributes.ETag, ObjectAttributes.ObjectSize, ObjectAttributes.Checksum] }, Cancelled);
        Assert.Equal((Convert.ToHexStringLower(MD5.HashData("text"u8)), 4), (attributes.ETag, attributes.ObjectSize));
        Assert.Equal("FULL_OBJECT", attributes.Checksum.ChecksumType.Value);
    }

    [Fact]
    public async Task A_presigned_link_reads_and_writes()
    {
        var bucket = await s3.NewBucket();
        var upload = await s3.Client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = bucket, Key = "k y", Verb = HttpVerb.PUT, Expires = DateTime.UtcNow.AddMinutes(5), Protocol = Protocol.HTTP,
        });
        var put = await s3.Http.PutAsync(upload, new ByteArrayContent("linked"u8.ToArray()), Cancelled);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        var download = await s3.Client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = bucket, Key = "k y", Expires = DateTime.UtcNow.AddMinutes(5), Protocol = Protocol.HTTP,
            ResponseHeaderOverrides = new ResponseHeaderOverrides { ContentType = "text/x-test" },
        });
        var got = await s3.Http.GetAsync(download, Cancelled);
        Assert.Equal("linked", await got.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal("text/x-test", got.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task An_unsigned_request_to_a_private_bucket_is_denied_without_detail()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "k", "x");
        var answer = await s3.Http.GetAsync($"/{bucket}/k", Cancelled);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("<Code>AccessDenied</Code><Message>Access Denied</Message>", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing()
    {
        var bucket = await s3.NewBucket();
        await s3.MakePublic(bucket, "\"s3:PutObject\", \"s3:GetObject\", \"s3:ListBucket\"");
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync(s3.Address.Host, s3.Address.Port, Cancelled);
            var stream = client.GetStream();
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"PUT /{bucket}/half HTTP/1.1\r\nHost: {s3.Address.Authority}\r\nContent-Length: 1000000\r\n\r\n"), Cancelled);
            await stream.WriteAsync(new byte[300_000], Cancelled);
            await stream.FlushAsync(Cancelled);
        }

        await Eventually(() => !Directory.EnumerateFiles(Path.Combine(s3.DataFolder, "objects", "aside")).Any());
        Assert.Equal(HttpStatusCode.NotFound, (await s3.Http.GetAsync($"/{bucket}/half", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task A_denied_upload_ends_before_its_body_is_sent()
    {
        var bucket = await s3.NewBucket();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(s3.Address.Host, s3.Address.Port, Cancelled);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"PUT /{bucket}/k HTTP/1.1\r\nHost: {s3.Address.Authority}\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"),
            Cancelled);
        var buffer = new byte[64];
        var length = await stream.ReadAsync(buffer, Cancelled);
        Assert.StartsWith("HTTP/1.1 403", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
    }

    internal static async Task<AmazonS3Exception> Error(Task call) => await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => call);

    internal static async Task<byte[]> Bytes(GetObjectResponse response)
    {
        using var copy = new MemoryStream();
        await response.ResponseStream.CopyToAsync(copy, Cancelled);
        return copy.ToArray();
    }

    private static async Task Eventually(Func<bool> holds)
    {
        for (var i = 0; i < 100 && !holds(); i++)
        {
            await Task.Delay(50, Cancelled);
        }

        Assert.True(holds());
    }
}
