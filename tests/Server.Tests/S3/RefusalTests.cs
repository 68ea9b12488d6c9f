using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Keyless.Server.Audit;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.S3;

/// <summary>What a caller with few permissions is told on the wire, and what the decision record tells the owner.</summary>
public sealed class RefusalTests(S3Server s3) : IClassFixture<S3Server>
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PutObject_that_no_policy_allows()
    {
        var bucket = await s3.NewBucket();
        using var client = await User("implicit", $$"""{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket}}/*"}""");
        var error = await ObjectTests.Error(Put(client, bucket));
        Assert.Equal(HttpStatusCode.Forbidden, error.StatusCode);
        Assert.Equal(
            $"User: arn:aws:iam::123456789012:user/implicit is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::{bucket}/k\" "
            + "because no identity-based policy allows the s3:PutObject action",
            error.Message);
        var record = Record(error);
        Assert.Contains("s3:PutObject", record, StringComparison.Ordinal);
        Assert.Contains("s3:GetObject", record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutObject_that_a_policy_denies()
    {
        var bucket = await s3.NewBucket();
        using var client = await User("explicit", """{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Sid":"NoWrites","Effect":"Deny","Action":"s3:Put*","Resource":"*"}""");
        var error = await ObjectTests.Error(Put(client, bucket));
        Assert.EndsWith("with an explicit deny in an identity-based policy", error.Message, StringComparison.Ordinal);
        Assert.Contains("NoWrites", Record(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutObject_to_a_bucket_of_another_name()
    {
        var (bucket, other) = (await s3.NewBucket(), await s3.NewBucket());
        using var client = await User("other", $$"""{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::{{bucket}}/*"}""");
        var record = Record(await ObjectTests.Error(Put(client, other)));
        Assert.Contains($"arn:aws:s3:::{bucket}/*", record, StringComparison.Ordinal);
        Assert.Contains($"arn:aws:s3:::{other}/k", record, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PutObject_to_a_missing_bucket_names_the_one_that_was_meant()
    {
        var bucket = await s3.NewBucket();
        var error = await ObjectTests.Error(Put(s3.Client, bucket[..^1]));
        Assert.Equal("NoSuchBucket", error.ErrorCode);
        Assert.Contains($"there is no bucket `{bucket[..^1]}`; did you mean `{bucket}`?", Record(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListObjects_under_a_policy_for_objects_only()
    {
        var bucket = await s3.NewBucket();
        using var client = await User("lister", $$"""{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{{bucket}}/*"}""");
        var error = await ObjectTests.Error(client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancelled));
        Assert.Contains($"s3:ListBucket on resource: \"arn:aws:s3:::{bucket}\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetObject_of_a_missing_key_without_ListBucket_is_denied_and_the_record_says_why()
    {
        var bucket = await s3.NewBucket();
        using var client = await User("reader", $$"""{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket}}/*"}""");
        var error = await ObjectTests.Error(client.GetObjectAsync(bucket, "none", Cancelled));
        Assert.Equal("AccessDenied", error.ErrorCode);
        Assert.Contains($"there is no object `none` in `{bucket}`", Record(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeleteObjects_deletes_what_it_may_and_reports_the_rest()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "mine/1", "x");
        await s3.Put(bucket, "theirs/1", "x");
        using var client = await User("deleter", $$"""{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::{{bucket}}/mine/*"}""");
        var error = await Assert.ThrowsAsync<DeleteObjectsException>(() => client.DeleteObjectsAsync(
            new DeleteObjectsRequest { BucketName = bucket, Objects = [new() { Key = "mine/1" }, new() { Key = "theirs/1" }] }, Cancelled));
        Assert.Equal(["mine/1"], error.Response.DeletedObjects.Select(item => item.Key));
        Assert.Equal(("theirs/1", "AccessDenied"), (error.Response.DeleteErrors[0].Key, error.Response.DeleteErrors[0].Code));
        using var kept = await s3.Client.GetObjectAsync(bucket, "theirs/1", Cancelled);
        Assert.Equal(HttpStatusCode.OK, kept.HttpStatusCode);
    }

    [Fact]
    public async Task A_bucket_policy_may_allow_or_deny_a_user()
    {
        var bucket = await s3.NewBucket();
        using var client = await User("guest", """{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}""");
        await s3.Client.PutBucketPolicyAsync(bucket, Policy("Allow", bucket), Cancelled);
        await Put(client, bucket);
        using var admin = await User("admin", """{"Effect":"Allow","Action":"*","Resource":"*"}""");
        await s3.Client.PutBucketPolicyAsync(bucket, Policy("Deny", bucket).Replace("guest", "admin", StringComparison.Ordinal), Cancelled);
        var error = await ObjectTests.Error(Put(admin, bucket));
        Assert.EndsWith("with an explicit deny in a resource-based policy", error.Message, StringComparison.Ordinal);

        static string Policy(string effect, string bucket) =>
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"{{effect}}","Principal":{"AWS":"arn:aws:iam::123456789012:user/guest"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::{{bucket}}/*"}]}""";
    }

    [Fact]
    public async Task The_prefix_of_a_listing_is_a_condition_key()
    {
        var bucket = await s3.NewBucket();
        using var client = await User(
            "prefix", $$"""{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::{{bucket}}","Condition":{"StringLike":{"s3:prefix":"home/*"} } }""");
        await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, Prefix = "home/me" }, Cancelled);
        Assert.Equal("AccessDenied", (await ObjectTests.Error(client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancelled))).ErrorCode);
    }

    private static Task Put(IAmazonS3 client, string bucket) =>
        client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "x" }, Cancelled);

    /// <summary>The decision record of a refused request, as JSON.</summary>
    private string Record(AmazonS3Exception error)
    {
        using var reader = AuditReader.OpenFolder(s3.DataFolder)!;
        var json = reader.Find(error.RequestId)?.Json;
        Assert.NotNull(json);
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document, Readable);
    }

    private async Task<AmazonS3Client> User(string name, string statements)
    {
        using var root = new SignedClient(s3.Address, s3.AccessKeyId, s3.SecretAccessKey);
        await root.Iam("CreateUser", "UserName", name);
        await root.Iam("PutUserPolicy", "UserName", name, "PolicyName", "p", "PolicyDocument", $$"""{"Version":"2012-10-17","Statement":[{{statements}}]}""");
        var key = await root.Iam("CreateAccessKey", "UserName", name);
        return s3.NewClient(credentials: new BasicAWSCredentials(key["AccessKeyId"]!, key["SecretAccessKey"]!));
    }
}
