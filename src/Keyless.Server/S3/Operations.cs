using Keyless.Server.Aws;
using Keyless.Server.S3.Buckets;
using Keyless.Server.S3.Multipart;
using Keyless.Server.S3.Objects;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>Every operation of S3, one row each. API Reference, "Amazon S3 API operations".</summary>
internal static class Operations
{
    public static S3Operation[] All(BucketStore buckets) =>
    [
        // buckets
        new ListBuckets(buckets),
        new CreateBucket(buckets),
        new HeadBucket(buckets),
        new DeleteBucket(buckets),
        new GetBucketLocation(buckets),
        new GetBucketPolicy(buckets),
        new PutBucketPolicy(buckets),
        new DeleteBucketPolicy(buckets),
        new GetBucketPolicyStatus(buckets),
        new GetPublicAccessBlock(buckets),
        new PutPublicAccessBlock(buckets),
        new DeletePublicAccessBlock(buckets),
        new GetBucketWebsite(buckets),
        new PutBucketWebsite(buckets),
        new DeleteBucketWebsite(buckets),
        new GetBucketCors(buckets),
        new PutBucketCors(buckets),
        new DeleteBucketCors(buckets),
        new Preflight(buckets),
        new GetBucketTagging(buckets),
        new PutBucketTagging(buckets),
        new DeleteBucketTagging(buckets),
        new GetBucketVersioning(buckets),
        new PutBucketVersioning(buckets),
        new GetBucketOwnershipControls(buckets),
        new PutBucketOwnershipControls(buckets),
        new DeleteBucketOwnershipControls(buckets),
        new GetBucketAcl(buckets),
        new PutBucketAcl(buckets),
        new GetBucketEncryption(buckets),
        new PutBucketEncryption(buckets),
        new DeleteBucketEncryption(buckets),
        new GetBucketLifecycleConfiguration(buckets),
        new PutBucketLifecycleConfiguration(buckets),
        new DeleteBucketLifecycle(buckets),

        // objects
        new PutObject(buckets),
        new CopyObject(buckets),
        new GetObject(buckets),
        new HeadObject(buckets),
        new GetObjectAttributes(buckets),
        new DeleteObject(buckets),
        new DeleteObjects(buckets),
        new ListObjects(buckets),
        new ListObjectsV2(buckets),
        new ListObjectVersions(buckets),
        new GetObjectTagging(buckets),
        new PutObjectTagging(buckets),
        new DeleteObjectTagging(buckets),
        new GetObjectAcl(buckets),
        new PutObjectAcl(buckets),

        // multipart uploads
        new CreateMultipartUpload(buckets),
        new UploadPart(buckets),
        new UploadPartCopy(buckets),
        new CompleteMultipartUpload(buckets),
        new AbortMultipartUpload(buckets),
        new ListMultipartUploads(buckets),
        new ListParts(buckets),

        // what no bucket here has
        new NotConfigured(buckets, "GetBucketReplication", "replication", "s3:GetReplicationConfiguration", bucket => S3Errors.NotConfigured(
            "ReplicationConfigurationNotFoundError", "The replication configuration was not found", bucket.Name)),
        new NotConfigured(buckets, "GetObjectLockConfiguration", "object-lock", "s3:GetBucketObjectLockConfiguration", bucket => S3Errors.NotConfigured(
            "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket", bucket.Name)),
        new NotConfigured(buckets, "GetBucketLogging", "logging", "s3:GetBucketLogging", _ => Empty("BucketLoggingStatus")),
        new NotConfigured(buckets, "GetBucketNotificationConfiguration", "notification", "s3:GetBucketNotification", _ => Empty("NotificationConfiguration")),
        new NotConfigured(buckets, "GetBucketAccelerateConfiguration", "accelerate", "s3:GetAccelerateConfiguration", _ => Empty("AccelerateConfiguration")),
        new NotConfigured(buckets, "GetBucketRequestPayment", "requestPayment", "s3:GetBucketRequestPayment", _ => S3Response.Xml(xml => xml
            .Open("RequestPaymentConfiguration", S3Xml.Namespace).Element("Payer", "BucketOwner").Close("RequestPaymentConfiguration"))),
        new NotConfigured(buckets, "ListBucketInventoryConfigurations", "inventory", "s3:GetInventoryConfiguration", _ => EmptyList("ListInventoryConfigurationsResult")),
        new NotConfigured(buckets, "ListBucketMetricsConfigurations", "metrics", "s3:GetMetricsConfiguration", _ => EmptyList("ListMetricsConfigurationsResult")),
        new NotConfigured(buckets, "ListBucketAnalyticsConfigurations", "analytics", "s3:GetAnalyticsConfiguration", _ => EmptyList("ListBucketAnalyticsConfigurationsResult")),
        new NotConfigured(
            buckets,
            "ListBucketIntelligentTieringConfigurations", "intelligent-tiering", "s3:GetIntelligentTieringConfiguration",
            _ => EmptyList("ListBucketIntelligentTieringConfigurationsOutput")),
    ];

    private static S3Response Empty(string element) => S3Response.Xml(xml => xml.Open(element, S3Xml.Namespace).Close(element));

    private static S3Response EmptyList(string element) =>
        S3Response.Xml(xml => xml.Open(element, S3Xml.Namespace).Element("IsTruncated", false).Close(element));
}
