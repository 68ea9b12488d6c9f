using Keyless.Server.S3;
using Xunit;

namespace Server.Tests.S3;

public sealed class NamesTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("my.bucket-1")]
    [InlineData("1.2.3")]
    public void A_good_bucket_name_has_no_fault(string name) => Assert.Null(BucketName.Fault(name));

    [Theory]
    [InlineData("ab", "3 to 63")]
    [InlineData("Bucket", "`B`")]
    [InlineData("a_b_c", "`_`")]
    [InlineData("-abc", "begins and ends")]
    [InlineData("a..b", "two dots")]
    [InlineData("192.168.1.1", "IP address")]
    [InlineData("xn--abc", "reserved")]
    [InlineData("abc-s3alias", "reserved")]
    public void A_bad_bucket_name_is_explained(string name, string expected) =>
        Assert.Contains(expected, BucketName.Fault(name), StringComparison.Ordinal);

    [Theory]
    [InlineData("/", null, null)]
    [InlineData("/b", "b", null)]
    [InlineData("/b/", "b", null)]
    [InlineData("/b//x", "b", "/x")]
    [InlineData("/b/../x", "b", "../x")]
    [InlineData("/b/a%2Fb%20c+d", "b", "a/b c+d")]
    [InlineData("/b/%E2%82%AC/", "b", "€/")]
    [InlineData("/b/.", "b", ".")]
    public void A_path_names_bucket_and_key(string path, string? bucket, string? key) =>
        Assert.Equal(new S3Address(bucket, key), S3Address.Parse(path));

    [Theory]
    [InlineData("/b/%ff")]
    [InlineData("/b/%zz")]
    [InlineData("/b/%e")]
    public void A_path_that_is_no_text_names_nothing(string path) => Assert.Null(S3Address.Parse(path));

    [Theory]
    [InlineData("localhost:4599", null)]
    [InlineData("127.0.0.1:4599", null)]
    [InlineData("[::1]:4599", null)]
    [InlineData("s3.localhost:4599", null)]
    [InlineData("my.bucket.s3.localhost", "my.bucket")]
    [InlineData("Bucket.localhost:4599", "bucket")]
    [InlineData("s3.amazonaws.com", null)]
    [InlineData("s3.eu-west-1.amazonaws.com", null)]
    [InlineData("b.s3.eu-west-1.amazonaws.com", "b")]
    [InlineData("b.c.s3.amazonaws.com", "b.c")]
    [InlineData("example.org", null)]
    public void A_host_may_name_the_bucket(string host, string? bucket) => Assert.Equal(bucket, S3Hosts.Bucket(host));

    [Theory]
    [InlineData("b.s3-website.localhost:4599", "b")]
    [InlineData("b.c.s3-website.eu-west-1.localhost", "b.c")]
    [InlineData("b.s3-website-us-east-1.amazonaws.com", "b")]
    [InlineData("b.s3.localhost", null)]
    [InlineData("s3-website.localhost", null)]
    public void A_host_may_be_a_website(string host, string? bucket) => Assert.Equal(bucket, S3Hosts.Website(host));

    [Theory]
    [InlineData("a b/c+d%é", "a+b/c%2Bd%25%C3%A9")]
    [InlineData("plain/key.txt", "plain/key.txt")]
    public void Listings_encode_keys_for_urls(string key, string expected) => Assert.Equal(expected, PercentEncoding.EncodeForListing(key));

    [Fact]
    public void A_continuation_token_of_someone_else_is_none()
    {
        Assert.Equal("a/ö", ContinuationToken.Read(ContinuationToken.Write("a/ö")));
        Assert.Null(ContinuationToken.Read(""));
        Assert.Null(ContinuationToken.Read("not base64!"));
        Assert.Null(ContinuationToken.Read("YWJj"));
    }
}
