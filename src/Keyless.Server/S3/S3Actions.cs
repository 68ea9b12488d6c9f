using System.Collections.Frozen;

namespace Keyless.Server.S3;

/// <summary>
/// The actions of S3 and whether they are about objects or about buckets. Service Authorization Reference, "Actions, resources, and
/// condition keys for Amazon S3".
/// </summary>
internal static class S3Actions
{
    private static readonly FrozenSet<string> OnObjects = Set(
        """
        AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging DeleteObjectVersion DeleteObjectVersionTagging
        GetObject GetObjectAcl GetObjectAttributes GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion
        GetObjectVersionAcl GetObjectVersionAttributes GetObjectVersionForReplication GetObjectVersionTagging GetObjectVersionTorrent
        InitiateReplication ListMultipartUploadParts ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold
        PutObjectRetention PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject ReplicateTags
        RestoreObject UpdateObjectEncryption
        """);

    private static readonly FrozenSet<string> OnBuckets = Set(
        """
        CreateBucket CreateBucketMetadataTableConfiguration DeleteBucket DeleteBucketMetadataTableConfiguration DeleteBucketPolicy
        DeleteBucketWebsite GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation
        GetBucketLogging GetBucketMetadataTableConfiguration GetBucketNotification GetBucketObjectLockConfiguration
        GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging
        GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration
        GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket ListBucketMultipartUploads
        ListBucketVersions ListTagsForResource PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAbac PutBucketAcl
        PutBucketCORS PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls PutBucketPolicy
        PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
        PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration PutMetricsConfiguration
        PutReplicationConfiguration TagResource UntagResource UpdateBucketMetadataInventoryTableConfiguration
        UpdateBucketMetadataJournalTableConfiguration
        """);

    /// <summary>Every action, with its prefix.</summary>
    public static IEnumerable<string> Names => OnObjects.Concat(OnBuckets).Select(name => "s3:" + name);

    /// <summary>What an action pattern of a policy is about: nothing when no action matches it.</summary>
    /// <param name="pattern"><c>s3:Get*</c>, <c>*</c>; the case does not matter.</param>
    public static (bool Objects, bool Buckets) About(string pattern)
    {
        var name = pattern == "*" ? "*" : pattern.StartsWith("s3:", StringComparison.OrdinalIgnoreCase) ? pattern[3..] : null;
        if (name is null)
        {
            return (false, false);
        }

        return name.AsSpan().IndexOfAny('*', '?') < 0
            ? (OnObjects.Contains(name), OnBuckets.Contains(name))
            : (OnObjects.Any(action => Matches(name, action)), OnBuckets.Any(action => Matches(name, action)));
    }

    private static bool Matches(string pattern, string action) =>
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, action, ignoreCase: true);

    private static FrozenSet<string> Set(string names) =>
        names.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
