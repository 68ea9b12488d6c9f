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
    public void A_host_may_name_the_bucket(string host, string? bucket) => Assert.Equal(bucket, new S3Hosts().Bucket(host));

    [Theory]
    [InlineData("b.s3-website.localhost:4599", "b")]
    [InlineData("b.c.s3-website.eu-west-1.localhost", "b.c")]
    [InlineData("b.s3-website-us-east-1.amazonaws.com", "b")]
    [InlineData("b.s3.localhost", null)]
    [InlineData("s3-website.localhost", null)]
    public void A_host_may_be_a_website(string host, string? bucket) => Assert.Equal(bucket, new S3Hosts().Website(host));

    [Theory]
    [InlineData("keyless.example.com", "keyless.example.com", null, null)]
    [InlineData("keyless.example.com", "my.bucket.keyless.example.com:8443", "my.bucket", null)]
    [InlineData("keyless.example.com", "s3.keyless.example.com", null, null)]
    [InlineData("keyless.example.com", "b.s3.keyless.example.com", "b", null)]
    [InlineData("keyless.example.com", "b.localhost", "b", null)]
    [InlineData("keyless.example.com", "other.example.com", null, null)]
    [InlineData("keyless.example.com", "Pages.s3-website.keyless.example.com:8443", "pages.s3-website", "pages")]
    [InlineData("192.0.2.1", "5.192.0.2.1", null, null)]
    public void A_server_with_a_name_has_buckets_below_it(string own, string host, string? bucket, string? website)
    {
        Assert.Equal(bucket, new S3Hosts(own).Bucket(host));
        Assert.Equal(website, new S3Hosts(own).Website(host));
    }

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
