using System.Text.RegularExpressions;

namespace Keyless.Server.S3;

/// <summary>
/// What a Host header says: the bucket of a virtual-host style request, or the bucket whose website is asked for. AWS's own host names
/// count too, for clients whose traffic is led here.
/// </summary>
/// <param name="own">The name that the server is known by, beside <c>localhost</c>; null for none.</param>
public sealed partial class S3Hosts(string? own = null)
{
    // Names alone have names below them.
    private readonly string? _own = own is not null && Uri.CheckHostName(own) == UriHostNameType.Dns ? own : null;

    /// <summary>Below these, what stands before names the bucket; they themselves are the service, path style.</summary>
    private string[] Domains => field ??= [.. _own is null ? Array.Empty<string>() : ["s3." + _own, _own], "s3.localhost", "localhost"];

    /// <summary>The bucket in the host of a virtual-host style request; null for path style.</summary>
    public string? Bucket(string host)
    {
        var name = S3Address.HostName(host);
        if (Aws().Match(name) is { Success: true } aws)
        {
            return aws.Groups["bucket"] is { Success: true } bucket ? bucket.Value.ToLowerInvariant() : null;
        }

        return Domains.Contains(name, StringComparer.OrdinalIgnoreCase) ? null : S3Address.BucketOfHost(host, Domains);
    }

    /// <summary>
    /// The bucket in the host of a website: <c>BUCKET.s3-website.localhost</c>, also with a region behind it; null for other hosts.
    /// </summary>
    public string? Website(string host)
    {
        var name = S3Address.HostName(host);
        return Site().Match(name) is { Success: true } site ? site.Groups["bucket"].Value.ToLowerInvariant()
            : _own is not null ? S3Address.BucketOfHost(name, ["s3-website." + _own])
            : null;
    }

    /// <summary>The host of a bucket's website.</summary>
    public string WebsiteOf(string bucket) => $"{bucket}.s3-website.{_own ?? "localhost"}";

    [GeneratedRegex(@"^((?<bucket>.+)\.)?s3[.-](dualstack\.|fips\.)?([a-z0-9-]+\.)?amazonaws\.com$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Aws();

    [GeneratedRegex(@"^(?<bucket>.+)\.s3-website([.-][a-z0-9-]+)?\.(localhost|amazonaws\.com)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Site();
}
