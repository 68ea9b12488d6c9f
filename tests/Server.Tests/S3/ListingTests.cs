using System.Net;
using Amazon.S3.Model;
using Xunit;

namespace Server.Tests.S3;

public sealed class ListingTests(S3Server s3) : IClassFixture<S3Server>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListObjectsV2_rolls_up_and_pages()
    {
        var bucket = await Filled("a/1", "a/2", "b", "c/1", "d");
        var entries = new List<string>();
        string? token = null;
        do
        {
            var page = await s3.Client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = bucket, Delimiter = "/", MaxKeys = 2, ContinuationToken = token }, Cancelled);
            entries.AddRange((page.CommonPrefixes ?? []).Concat((page.S3Objects ?? []).Select(item => item.Key)));
            token = page.NextContinuationToken;
            Assert.Equal(token is not null, page.IsTruncated);
        }
        while (token is not null);
        Assert.Equal(["a/", "b", "c/", "d"], entries);
    }

    [Fact]
    public async Task ListObjects_goes_on_from_the_marker()
    {
        var bucket = await Filled("a/1", "a/2", "b", "c/1", "d");
        var first = await s3.Client.ListObjectsAsync(new ListObjectsRequest { BucketName = bucket, Delimiter = "/", MaxKeys = 1 }, Cancelled);
        Assert.Equal(("a/", true), (first.NextMarker, first.IsTruncated));
        var rest = await s3.Client.ListObjectsAsync(new ListObjectsRequest { BucketName = bucket, Delimiter = "/", Marker = first.NextMarker }, Cancelled);
        Assert.Equal(["c/"], rest.CommonPrefixes);
        Assert.Equal(["b", "d"], rest.S3Objects.Select(item => item.Key));
    }

    [Fact]
    public async Task A_key_equal_to_the_prefix_is_listed()
    {
        var bucket = await Filled("a/", "a/b/c", "a/x");
        var page = await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, Prefix = "a/", Delimiter = "/" }, Cancelled);
        Assert.Equal(["a/", "a/x"], page.S3Objects.Select(item => item.Key));
        Assert.Equal("a/b/", Assert.Single(page.CommonPrefixes));
        Assert.Equal(3, page.KeyCount);
    }

    [Theory]
    [InlineData("encoding-type=", "Invalid Encoding Method specified in Request")]
    [InlineData("max-keys=x", "Provided max-keys not an integer or within integer range")]
    [InlineData("max-keys=-1", "Argument max-keys must be an integer between 0 and 2147483647")]
    [InlineData("list-type=2&continuation-token=", "The continuation token provided is incorrect")]
    public async Task A_bad_parameter_is_an_InvalidArgument(string query, string message)
    {
        var bucket = await s3.NewBucket();
        await s3.MakePublic(bucket, "\"s3:ListBucket\"");
        var answer = await s3.Http.GetAsync($"/{bucket}?{query}", Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains($"<Code>InvalidArgument</Code><Message>{message}</Message>", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encoded_and_plain_listings_write_special_keys()
    {
        var bucket = await Filled("a b+c%d", "tab\there");
        await s3.MakePublic(bucket, "\"s3:ListBucket\"");
        var plain = await s3.Http.GetStringAsync($"/{bucket}", Cancelled);
        Assert.Contains("<Key>a b+c%d</Key>", plain, StringComparison.Ordinal);
        Assert.Contains("<Key>tab&#x9;here</Key>", plain, StringComparison.Ordinal);
        var encoded = await s3.Http.GetStringAsync($"/{bucket}?encoding-type=url&prefix=a%20", Cancelled);
        Assert.Contains("<Prefix>a+</Prefix>", encoded, StringComparison.Ordinal);
        Assert.Contains("<Key>a+b%2Bc%25d</Key>", encoded, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListObjectVersions_shows_versions_and_markers_newest_first()
    {
        var bucket = await s3.NewBucket(versioned: true);
        await s3.Put(bucket, "k", "1");
        await s3.Put(bucket, "k", "22");
        await s3.Client.DeleteObjectAsync(bucket, "k", Cancelled);
        var list = await s3.Client.ListVersionsAsync(bucket, Cancelled);
        Assert.Equal([(true, true), (false, false), (false, false)], list.Versions.Select(item => (item.IsDeleteMarker == true, item.IsLatest == true)));
        Assert.Equal([0, 2, 1], list.Versions.Select(item => item.Size ?? 0));
    }

    private async Task<string> Filled(params string[] keys)
    {
        var bucket = await s3.NewBucket();
        foreach (var key in keys)
        {
            await s3.Put(bucket, key, key);
        }

        return bucket;
    }
}
