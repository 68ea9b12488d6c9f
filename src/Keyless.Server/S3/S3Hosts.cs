using System.Text.RegularExpressions;

namespace Keyless.Server.S3;

/// <summary>
/// What a Host header says: the bucket of a virtual-host style request, or the bucket whose website is asked for. AWS's own host names
/// count too, for clients whose traffic is led here.
/// </summary>
internal static partial class S3Hosts
{
    /// <summary>Below these, what stands before names the bucket; they themselves are the service, path style.</summary>
    private static readonly string[] Domains = ["s3.localhost", "localhost"];

    /// <summary>The bucket in the host of a virtual-host style request; null for path style.</summary>
    public static string? Bucket(string host)
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
    public static string? Website(string host) =>
        Site().Match(S3Address.HostName(host)) is { Success: true } site ? site.Groups["bucket"].Value.ToLowerInvariant() : null;

    [GeneratedRegex(@"^((?<bucket>.+)\.)?s3[.-](dualstack\.|fips\.)?([a-z0-9-]+\.)?amazonaws\.com$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Aws();

    [GeneratedRegex(@"^(?<bucket>.+)\.s3-website([.-][a-z0-9-]+)?\.(localhost|amazonaws\.com)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Site();
}
