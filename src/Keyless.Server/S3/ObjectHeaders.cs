using System.Collections.Immutable;
using System.Text;

namespace Keyless.Server.S3;

/// <summary>The headers that stay with an object: a few of HTTP's, S3's own, and the user's <c>x-amz-meta-</c>. Names are lower-case.</summary>
public sealed record ObjectHeaders(ImmutableArray<KeyValuePair<string, string>> Values)
{
    /// <summary>The total of user metadata's names and values, in bytes.</summary>
    public const int MaxMetadata = 2048;

    public const string MetaPrefix = "x-amz-meta-";
    public const string DefaultContentType = "binary/octet-stream";

    public static readonly ObjectHeaders Empty = new([]);

    /// <summary>Those that a request may set beside metadata.</summary>
    public static readonly ImmutableArray<string> System =
    [
        "cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires",
        "x-amz-storage-class", "x-amz-website-redirect-location",
    ];

    public string? this[string name]
    {
        get
        {
            foreach (var value in Values)
            {
                if (value.Key == name)
                {
                    return value.Value;
                }
            }

            return null;
        }
    }

    public string StorageClass => this["x-amz-storage-class"] ?? "STANDARD";

    public string? WebsiteRedirect => this["x-amz-website-redirect-location"];

    public IEnumerable<KeyValuePair<string, string>> Metadata => Values.Where(value => value.Key.StartsWith(MetaPrefix, StringComparison.Ordinal));

    public ObjectHeaders With(string name, string value) =>
        new([.. Values.Where(old => old.Key != name), new(name, value)]);

    /// <summary>Bytes of user metadata as S3 counts them: names without prefix, and values.</summary>
    public long MetadataSize =>
        Metadata.Sum(value => (long)(value.Key.Length - MetaPrefix.Length) + Encoding.UTF8.GetByteCount(value.Value));

    /// <summary><c>aws-chunked</c> is how the body travelled, not how it is stored; null when nothing else is left.</summary>
    public static string? WithoutAwsChunked(string contentEncoding)
    {
        var rest = string.Join(
            ',',
            contentEncoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(coding => !coding.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase)));
        return rest.Length == 0 ? null : rest;
    }

    /// <summary>The stored form: a line each. Header values have no line ends.</summary>
    public string Encode()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Values)
        {
            text.Append(name).Append(':').Append(value).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads the stored form back.</summary>
    public static ObjectHeaders Decode(string encoded)
    {
        var values = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var line in encoded.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            values.Add(new(line[..colon], line[(colon + 1)..]));
        }

        return new ObjectHeaders(values.DrainToImmutable());
    }
}
