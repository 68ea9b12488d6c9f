using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Xunit;

namespace Server.Tests.S3;

public sealed class VersioningTests(S3Server s3) : IClassFixture<S3Server>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_version_stays_readable()
    {
        var bucket = await s3.NewBucket(versioned: true);
        var first = await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "1" }, Cancelled);
        await s3.Put(bucket, "k", "2");
        using var old = await s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", VersionId = first.VersionId }, Cancelled);
        Assert.Equal("1", Encoding.UTF8.GetString(await ObjectTests.Bytes(old)));
        using var now = await s3.Client.GetObjectAsync(bucket, "k", Cancelled);
        Assert.Equal("2", Encoding.UTF8.GetString(await ObjectTests.Bytes(now)));
        Assert.Equal(32, first.VersionId.Length);
    }

    [Fact]
    public async Task A_delete_marker_hides_the_object_and_its_removal_brings_it_back()
    {
        var bucket = await s3.NewBucket(versioned: true);
        await s3.Put(bucket, "k", "1");
        var marker = await s3.Client.DeleteObjectAsync(bucket, "k", Cancelled);
        Assert.Equal("true", marker.DeleteMarker);
        Assert.Equal("NoSuchKey", (await ObjectTests.Error(s3.Client.GetObjectAsync(bucket, "k", Cancelled))).ErrorCode);
        var byId = await ObjectTests.Error(s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", VersionId = marker.VersionId }, Cancelled));
        Assert.Equal(("MethodNotAllowed", HttpStatusCode.MethodNotAllowed), (byId.ErrorCode, byId.StatusCode));
        await s3.Client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = "k", VersionId = marker.VersionId }, Cancelled);
        using var back = await s3.Client.GetObjectAsync(bucket, "k", Cancelled);
        Assert.Equal(HttpStatusCode.OK, back.HttpStatusCode);
    }

    [Fact]
    public async Task A_version_id_that_cannot_be_one()
    {
        var bucket = await s3.NewBucket(versioned: true);
        var error = await ObjectTests.Error(s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", VersionId = "bogus" }, Cancelled));
        Assert.Equal(("InvalidArgument", "Invalid version id specified"), (error.ErrorCode, error.Message));
        error = await ObjectTests.Error(s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", VersionId = new string('a', 32) }, Cancelled));
        Assert.Equal("NoSuchVersion", error.ErrorCode);
    }

    [Fact]
    public async Task A_bucket_with_versions_is_not_empty()
    {
        var bucket = await s3.NewBucket(versioned: true);
        await s3.Put(bucket, "k", "1");
        await s3.Client.DeleteObjectAsync(bucket, "k", Cancelled);
        var error = await ObjectTests.Error(s3.Client.DeleteBucketAsync(bucket, Cancelled));
        Assert.Equal(("BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions in the bucket."), (error.ErrorCode, error.Message));
    }

    [Fact]
    public async Task Suspended_versioning_writes_the_null_version()
    {
        var bucket = await s3.NewBucket(versioned: true);
        await s3.Put(bucket, "k", "1");
        await s3.Client.PutBucketVersioningAsync(
            new PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Suspended } }, Cancelled);
        await s3.Put(bucket, "k", "2");
        await s3.Put(bucket, "k", "3");
        var list = await s3.Client.ListVersionsAsync(bucket, Cancelled);
        Assert.Equal(2, list.Versions.Count);
        Assert.Equal("null", list.Versions[0].VersionId);
    }
}
