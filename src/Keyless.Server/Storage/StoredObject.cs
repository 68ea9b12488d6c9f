using Keyless.Server.S3;
using Keyless.Server.S3.Checksums;

namespace Keyless.Server.Storage;

/// <summary>One version of one object, without its bytes; also a delete marker.</summary>
public sealed record StoredObject
{
    public required string Key { get; init; }

    /// <summary>32 characters, or <c>null</c> for a version written without versioning.</summary>
    public required string Version { get; init; }

    public required DateTimeOffset Modified { get; init; }

    public bool IsCurrent { get; init; } = true;

    public bool IsDeleteMarker { get; init; }

    public long Size { get; init; }

    /// <summary>Without quotes.</summary>
    public string ETag { get; init; } = "";

    public ObjectHeaders Headers { get; init; } = ObjectHeaders.Empty;

    public TagSet Tags { get; init; } = TagSet.Empty;

    public Checksum? Checksum { get; init; }

    /// <summary>Of a multipart upload; 0 when it was put whole.</summary>
    public int Parts { get; init; }

    internal string? Content { get; init; }

    internal long Sequence { get; init; }

    /// <summary>What a client writes for a new version.</summary>
    public const string NullVersion = "null";
}

/// <summary>A part of a multipart upload, or the one part of an object that was put whole.</summary>
public sealed record StoredPart(int Number, long Size, DateTimeOffset Modified, byte[] Md5, string? Checksum)
{
    internal string? File { get; init; }

    public string ETag => Convert.ToHexStringLower(Md5);
}

/// <summary>An object about to be stored: everything but the bytes.</summary>
public sealed record NewObject(string Key, ObjectHeaders Headers, TagSet Tags);

/// <summary>A multipart upload in progress, or completed a short while ago.</summary>
public sealed record Upload(string Id, string Key, DateTimeOffset Initiated, string Initiator, ObjectHeaders Headers, TagSet Tags)
{
    public ChecksumAlgorithm? ChecksumAlgorithm { get; init; }

    public ChecksumType? ChecksumType { get; init; }

    /// <summary>The version that a Complete made; null while it is in progress.</summary>
    public string? CompletedVersion { get; init; }

    /// <summary>What was completed; null while it is in progress.</summary>
    public string? CompletedETag { get; init; }
}

/// <summary>What must hold of the key for a write. S3 User Guide, "Conditional writes".</summary>
/// <param name="MustNotExist"><c>If-None-Match: *</c>.</param>
/// <param name="ETag"><c>If-Match</c>, without quotes.</param>
public sealed record WriteCondition(bool MustNotExist, string? ETag)
{
    public static readonly WriteCondition None = new(false, null);
}

/// <summary>How a write of an object ended.</summary>
public abstract record PutOutcome
{
    private PutOutcome()
    {
    }

    public sealed record Stored(StoredObject Object) : PutOutcome;

    /// <summary>The bucket went away meanwhile.</summary>
    public sealed record NoSuchBucket : PutOutcome;

    /// <summary><c>If-Match</c> on a key that does not exist.</summary>
    public sealed record NoSuchKey : PutOutcome;

    public sealed record ConditionFailed(string Header) : PutOutcome;

    /// <summary>The upload was completed or aborted meanwhile.</summary>
    public sealed record NoSuchUpload : PutOutcome;

    /// <summary>A part of the list is not there, or has another entity tag.</summary>
    public sealed record InvalidPart(int Number, string ETag) : PutOutcome;
}

/// <summary>How a delete ended.</summary>
public abstract record DeleteOutcome
{
    private DeleteOutcome()
    {
    }

    /// <param name="MarkerVersion">The version of the delete marker that was made or removed; null when none was.</param>
    /// <param name="Version">The version that was removed for good; null when none was named.</param>
    public sealed record Done(string? MarkerVersion, string? Version) : DeleteOutcome;

    public sealed record NoSuchBucket : DeleteOutcome;

    public sealed record ConditionFailed : DeleteOutcome;

    /// <summary><c>If-Match</c> on a key that does not exist.</summary>
    public sealed record NoSuchKey : DeleteOutcome;
}

public enum CreateBucketOutcome
{
    Created,
    AlreadyOwnedByYou,
    AlreadyExists,
}

public enum DeleteBucketOutcome
{
    Deleted,
    NotFound,
    NotEmpty,
}
