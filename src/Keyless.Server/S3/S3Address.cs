using System.Net;

namespace Keyless.Server.S3;

/// <summary>The bucket and key that a request names. S3 User Guide, "Virtual hosting of general purpose buckets".</summary>
/// <param name="Bucket">Null for the service itself.</param>
/// <param name="Key">Null for a bucket; decoded once, dot segments and empty ones kept.</param>
public readonly record struct S3Address(string? Bucket, string? Key)
{
    /// <summary>
    /// Reads host and raw path. A host below one of <paramref name="domains"/> names the bucket (virtual-host style); under any other host
    /// the first path segment does (path style). Null when the path is not percent-encoded UTF-8.
    /// </summary>
    /// <param name="host">The Host header, perhaps with a port.</param>
    /// <param name="path">Percent-encoded, from the first slash.</param>
    /// <param name="domains">Lower-case, without a leading dot: <c>s3.localhost</c>.</param>
    public static S3Address? Parse(string host, string path, IReadOnlyList<string> domains)
    {
        var rest = path.AsSpan(path.StartsWith('/') ? 1 : 0);
        if (BucketOfHost(host, domains) is { } bucket)
        {
            return rest.IsEmpty ? new S3Address(bucket, null) : WithKey(bucket, rest);
        }

        if (rest.IsEmpty)
        {
            return new S3Address(null, null);
        }

        var slash = rest.IndexOf('/');
        var name = PercentEncoding.Decode(slash < 0 ? rest : rest[..slash]);
        if (name is null)
        {
            return null;
        }

        return slash < 0 || slash + 1 == rest.Length ? new S3Address(name, null) : WithKey(name, rest[(slash + 1)..]);
    }

    /// <summary>The bucket in a virtual-host style host name: what stands before the domain, dots included.</summary>
    public static string? BucketOfHost(string host, IReadOnlyList<string> domains)
    {
        var name = HostName(host);
        foreach (var domain in domains)
        {
            if (name.Length > domain.Length + 1
                && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
                && name[^(domain.Length + 1)] == '.')
            {
                return name[..^(domain.Length + 1)].ToLowerInvariant();
            }
        }

        return null;
    }

    /// <summary>The host without its port.</summary>
    public static string HostName(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon > 0 && host.IndexOf(']', colon) < 0 && !IPAddress.TryParse(host, out _) ? host[..colon] : host;
    }

    private static S3Address? WithKey(string bucket, ReadOnlySpan<char> encoded) =>
        PercentEncoding.Decode(encoded) is { } key ? new S3Address(bucket, key) : null;
}
