using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Xunit;

namespace Server.Tests.S3;

public sealed class BucketTests(S3Server s3) : IClassFixture<S3Server>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_bucket_is_listed_blocks_public_access_and_has_no_ACLs()
    {
        var bucket = await s3.NewBucket();
        Assert.Contains(bucket, (await s3.Client.ListBucketsAsync(Cancelled)).Buckets.Select(item => item.BucketName));
        var block = (await s3.Client.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = bucket }, Cancelled)).PublicAccessBlockConfiguration;
        Assert.Equal((true, true, true, true), (block.BlockPublicAcls, block.BlockPublicPolicy, block.IgnorePublicAcls, block.RestrictPublicBuckets));
        var ownership = await s3.Client.GetBucketOwnershipControlsAsync(new GetBucketOwnershipControlsRequest { BucketName = bucket }, Cancelled);
        Assert.Equal(ObjectOwnership.BucketOwnerEnforced, ownership.OwnershipControls.Rules[0].ObjectOwnership);
        var error = await ObjectTests.Error(s3.Client.PutObjectAsync(
            new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "x", CannedACL = S3CannedACL.PublicRead }, Cancelled));
        Assert.Equal("AccessControlListNotSupported", error.ErrorCode);
    }

    [Theory]
    [InlineData("Bad_Name")]
    [InlineData("ab")]
    [InlineData("10.0.0.1")]
    public async Task CreateBucket_with_an_invalid_name(string name)
    {
        var answer = await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => s3.Client.PutBucketAsync(name, Cancelled));
        Assert.Equal("InvalidBucketName", answer.ErrorCode);
    }

    [Fact]
    public async Task CreateBucket_again_succeeds_in_us_east_1_only()
    {
        var bucket = await s3.NewBucket();
        await s3.Client.PutBucketAsync(bucket, Cancelled);
        using var frankfurt = s3.NewClient("eu-central-1");
        var elsewhere = bucket[..30] + "-eu";
        await frankfurt.PutBucketAsync(new PutBucketRequest { BucketName = elsewhere, BucketRegionName = "eu-central-1" }, Cancelled);
        var error = await ObjectTests.Error(frankfurt.PutBucketAsync(new PutBucketRequest { BucketName = elsewhere, BucketRegionName = "eu-central-1" }, Cancelled));
        Assert.Equal(("BucketAlreadyOwnedByYou", HttpStatusCode.Conflict), (error.ErrorCode, error.StatusCode));
        var location = await frankfurt.GetBucketLocationAsync(elsewhere, Cancelled);
        Assert.Equal("eu-central-1", location.Location.Value);
        error = await ObjectTests.Error(frankfurt.PutBucketAsync(new PutBucketRequest { BucketName = elsewhere + "2", BucketRegionName = "eu-west-1" }, Cancelled));
        Assert.Equal("IllegalLocationConstraintException", error.ErrorCode);
    }

    [Fact]
    public async Task DeleteBucket_with_an_object_in_it()
    {
        var bucket = await s3.NewBucket();
        await s3.Put(bucket, "k", "x");
        Assert.Equal("BucketNotEmpty", (await ObjectTests.Error(s3.Client.DeleteBucketAsync(bucket, Cancelled))).ErrorCode);
        await s3.Client.DeleteObjectAsync(bucket, "k", Cancelled);
        await s3.Client.DeleteBucketAsync(bucket, Cancelled);
        Assert.Equal("NoSuchBucket", (await ObjectTests.Error(s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, Cancelled))).ErrorCode);
    }

    [Fact]
    public async Task A_public_policy_needs_Block_Public_Access_off()
    {
        var bucket = await s3.NewBucket();
        var policy = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{{bucket}}/*"}]}""";
        var error = await ObjectTests.Error(s3.Client.PutBucketPolicyAsync(bucket, policy, Cancelled));
        Assert.Equal("AccessDenied", error.ErrorCode);
        Assert.Contains("because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access", error.Message, StringComparison.Ordinal);
        await s3.Client.PutPublicAccessBlockAsync(
            new PutPublicAccessBlockRequest { BucketName = bucket, PublicAccessBlockConfiguration = new() { BlockPublicPolicy = false, RestrictPublicBuckets = true } }, Cancelled);
        await s3.Client.PutBucketPolicyAsync(bucket, policy, Cancelled);
        Assert.Equal(policy, (await s3.Client.GetBucketPolicyAsync(bucket, Cancelled)).Policy);
        Assert.True((await s3.Client.GetBucketPolicyStatusAsync(new GetBucketPolicyStatusRequest { BucketName = bucket }, Cancelled)).PolicyStatus.IsPublic);

        // Restricted, the policy counts for nobody outside.
        await s3.Put(bucket, "k", "x");
        Assert.Equal(HttpStatusCode.Forbidden, (await s3.Http.GetAsync($"/{bucket}/k", Cancelled)).StatusCode);
        await s3.Client.DeletePublicAccessBlockAsync(new DeletePublicAccessBlockRequest { BucketName = bucket }, Cancelled);
        Assert.Equal(HttpStatusCode.OK, (await s3.Http.GetAsync($"/{bucket}/k", Cancelled)).StatusCode);
        Assert.Equal(
            "NoSuchPublicAccessBlockConfiguration",
            (await ObjectTests.Error(s3.Client.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = bucket }, Cancelled))).ErrorCode);
    }

    /// <summary>As Terraform reads them at every refresh; the SDK would turn some of the errors into empty answers.</summary>
    [Theory]
    [InlineData("website", "NoSuchWebsiteConfiguration")]
    [InlineData("cors", "NoSuchCORSConfiguration")]
    [InlineData("tagging", "NoSuchTagSet")]
    [InlineData("lifecycle", "NoSuchLifecycleConfiguration")]
    [InlineData("replication", "ReplicationConfigurationNotFoundError")]
    [InlineData("object-lock", "ObjectLockConfigurationNotFoundError")]
    [InlineData("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration")]
    [InlineData("versioning", null)]
    [InlineData("encryption", null)]
    [InlineData("acl", null)]
    [InlineData("ownershipControls", null)]
    [InlineData("accelerate", null)]
    [InlineData("requestPayment", null)]
    [InlineData("logging", null)]
    [InlineData("notification", null)]
    [InlineData("policyStatus", null)]
    public async Task What_is_not_configured_has_an_answer_of_its_own(string subResource, string? code)
    {
        var bucket = await s3.NewBucket();
        await s3.MakePublic(bucket, "\"s3:Get*\"");
        var answer = await s3.Http.GetAsync($"/{bucket}?{subResource}", Cancelled);
        Assert.Equal(code is null ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
        if (code is not null)
        {
            Assert.Contains($"<Code>{code}</Code>", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Browsers_are_answered_by_the_CORS_rules()
    {
        var bucket = await s3.NewBucket();
        await s3.Client.PutCORSConfigurationAsync(
            new PutCORSConfigurationRequest
            {
                BucketName = bucket,
                Configuration = new() { Rules = [new() { AllowedMethods = ["PUT"], AllowedOrigins = ["https://*.example.org"], AllowedHeaders = ["x-*"], ExposeHeaders = ["ETag"], MaxAgeSeconds = 60 }] },
            },
            Cancelled);
        var allowed = await Preflight("https://app.example.org", "PUT", "X-Thing");
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal(["https://app.example.org"], allowed.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(["x-thing"], allowed.Headers.GetValues("Access-Control-Allow-Headers"));
        Assert.Equal(["60"], allowed.Headers.GetValues("Access-Control-Max-Age"));
        Assert.Equal(HttpStatusCode.Forbidden, (await Preflight("https://example.com", "PUT", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Preflight("https://app.example.org", "GET", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Preflight("https://app.example.org", "PUT", "Other")).StatusCode);

        async Task<HttpResponseMessage> Preflight(string origin, string method, string? headers)
        {
            var request = new HttpRequestMessage(HttpMethod.Options, $"/{bucket}/key");
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", method);
            if (headers is not null)
            {
                request.Headers.Add("Access-Control-Request-Headers", headers);
            }

            return await s3.Http.SendAsync(request, Cancelled);
        }
    }

    [Fact]
    public async Task An_operation_that_does_not_exist_here_says_so()
    {
        var bucket = await s3.NewBucket();
        var answer = await s3.Http.GetAsync($"/{bucket}/key?torrent", Cancelled);
        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
        Assert.Contains("<QueryParameter>torrent</QueryParameter>", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }
}
