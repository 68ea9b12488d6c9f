using System.Net;

namespace Keyless.Server.S3;

/// <summary>The bucket and key that a request names. S3 User Guide, "Virtual hosting of general purpose buckets".</summary>
/// <param name="Bucket">Null for the service itself.</param>
/// <param name="Key">Null for a bucket; decoded once, dot segments and empty ones kept.</param>
public readonly record struct S3Address(string? Bucket, string? Key)
{
    /// <summary>Reads a path-style path: the first segment is the bucket. Null when it is not percent-encoded UTF-8.</summary>
    /// <param name="path">Percent-encoded, from the first slash.</param>
    public static S3Address? Parse(string path)
    {
        var rest = path.AsSpan(path.StartsWith('/') ? 1 : 0);
        if (rest.IsEmpty)
        {
            return new S3Address(null, null);
        }

        var slash = rest.IndexOf('/');
        if (PercentEncoding.Decode(slash < 0 ? rest : rest[..slash]) is not { } bucket)
        {
            return null;
        }

        if (slash < 0 || slash + 1 == rest.Length)
        {
            return new S3Address(bucket, null);
        }

        return PercentEncoding.Decode(rest[(slash + 1)..]) is { } key ? new S3Address(bucket, key) : null;
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
}
