using System.Collections.Immutable;
using System.Text;
using Keyless.Server.S3;
using Keyless.Server.S3.Configuration;

namespace Keyless.Server.Storage;

/// <summary>A bucket and everything configured on it, as of one revision.</summary>
public sealed class Bucket
{
    private readonly Lazy<WebsiteConfiguration?> _website;
    private readonly Lazy<CorsConfiguration?> _cors;
    private readonly Lazy<TagSet> _tags;
    private readonly Lazy<BucketPolicy?> _policy;

    internal Bucket(long id, string name, string account, string region, DateTimeOffset created, long revision, ImmutableDictionary<string, string> settings)
    {
        (Id, Name, Account, Region, Created, Revision, Settings) = (id, name, account, region, created, revision, settings);
        Versioning = Setting(BucketSetting.Versioning) switch
        {
            "Enabled" => VersioningStatus.Enabled,
            "Suspended" => VersioningStatus.Suspended,
            _ => VersioningStatus.Unset,
        };
        PublicAccessBlock = Setting(BucketSetting.PublicAccessBlock) is { } block ? PublicAccessBlock.Decode(block) : null;
        _policy = new(() => Setting(BucketSetting.Policy) is { } policy ? ReadPolicy(policy) : null);
        _website = new(() => Read(BucketSetting.Website, WebsiteConfiguration.Parse));
        _cors = new(() => Read(BucketSetting.Cors, CorsConfiguration.Parse));
        _tags = new(() => Setting(BucketSetting.Tagging) is { } tags ? TagSet.Decode(tags) : TagSet.Empty);
    }

    internal long Id { get; }

    internal long Revision { get; }

    public string Name { get; }

    /// <summary>The twelve digits of the owner.</summary>
    public string Account { get; }

    public string Region { get; }

    public DateTimeOffset Created { get; }

    public string Arn => "arn:aws:s3:::" + Name;

    public VersioningStatus Versioning { get; }

    /// <summary>Null after DeletePublicAccessBlock: nothing is blocked.</summary>
    public PublicAccessBlock? PublicAccessBlock { get; }

    /// <summary><c>BucketOwnerEnforced</c>, <c>BucketOwnerPreferred</c> or <c>ObjectWriter</c>; null when deleted.</summary>
    public string? Ownership => Setting(BucketSetting.Ownership);

    public BucketPolicy? Policy => _policy.Value;

    public WebsiteConfiguration? Website => _website.Value;

    public CorsConfiguration? Cors => _cors.Value;

    /// <summary>Empty when there are none.</summary>
    public TagSet Tags => _tags.Value;

    internal ImmutableDictionary<string, string> Settings { get; }

    /// <summary>The stored form of a setting; null when the bucket has none.</summary>
    public string? Setting(string name) => Settings.GetValueOrDefault(name);

    // An unreadable policy must not count as none: the request ends with an error.
    private BucketPolicy ReadPolicy(string stored) =>
        BucketPolicy.Parse(Encoding.UTF8.GetBytes(stored), Name).Succeeds(out var policy, out var error)
            ? policy
            : throw new InvalidDataException($"the stored policy of bucket `{Name}` cannot be read: {error.Message}");

    private T? Read<T>(string name, Func<XmlTree?, Parsed<T>> parse)
        where T : class
    {
        if (Setting(name) is not { } stored)
        {
            return null;
        }

        return parse(XmlTree.Read(Encoding.UTF8.GetBytes(stored))).Succeeds(out var value, out var error)
            ? value
            : throw new InvalidDataException($"the stored {name} of bucket `{Name}` cannot be read: {error.Message}");
    }
}

public enum VersioningStatus
{
    /// <summary>Never enabled.</summary>
    Unset,
    Enabled,
    Suspended,
}

/// <summary>The names under which settings are stored.</summary>
public static class BucketSetting
{
    public const string Policy = "policy";
    public const string PublicAccessBlock = "publicAccessBlock";
    public const string Ownership = "ownershipControls";
    public const string Website = "website";
    public const string Cors = "cors";
    public const string Tagging = "tagging";
    public const string Versioning = "versioning";
    public const string Encryption = "encryption";
    public const string Lifecycle = "lifecycle";
}
