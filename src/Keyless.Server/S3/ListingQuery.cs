using System.Collections.Immutable;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>The parameters that all listings share. API Reference, <c>ListObjectsV2</c>.</summary>
internal sealed record ListingQuery(string Prefix, string Delimiter, int Max, bool UrlEncoded)
{
    private const int PageSize = 1000;

    public static Parsed<ListingQuery> Read(S3Request request, string maxParameter)
    {
        if (!request.Number(maxParameter, PageSize, PageSize).Succeeds(out var max, out var error))
        {
            return error;
        }

        var encoding = request.Query["encoding-type"];
        return encoding is null or "url"
            ? new ListingQuery(request.Query["prefix"] ?? "", request.Query["delimiter"] ?? "", max, encoding == "url")
            : S3Errors.InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
    }

    /// <summary>The permission on the bucket, with the keys that conditions may ask for.</summary>
    public static Permission Permission(S3Request request, string action)
    {
        var keys = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var name in (string[])["prefix", "delimiter", "max-keys"])
        {
            if (request.Query[name] is { } value)
            {
                keys.Add(new("s3:" + name, value));
            }
        }

        return request.OnBucket(action) with { Keys = keys.DrainToImmutable() };
    }

    public static void WriteObject(XmlOut xml, StoredObject stored, ListingQuery query, string? owner)
    {
        xml.Open("Contents")
            .Key("Key", stored.Key, query.UrlEncoded)
            .Element("LastModified", S3Xml.Time(stored.Modified))
            .Element("ETag", $"\"{stored.ETag}\"");
        WriteChecksum(xml, stored);
        xml.Element("Size", stored.Size);
        if (owner is not null)
        {
            xml.Owner(owner);
        }

        xml.Element("StorageClass", stored.Headers.StorageClass).Close("Contents");
    }

    public static void WriteChecksum(XmlOut xml, StoredObject stored)
    {
        if (stored.Checksum is { } checksum)
        {
            xml.Element("ChecksumAlgorithm", checksum.Algorithm.Name).Element("ChecksumType", checksum.TypeName);
        }
    }

    /// <summary>Delimiter, encoding and whether there is more.</summary>
    public void WriteTail(XmlOut xml, bool truncated)
    {
        if (Delimiter.Length > 0)
        {
            xml.Key("Delimiter", Delimiter, UrlEncoded);
        }

        if (UrlEncoded)
        {
            xml.Element("EncodingType", "url");
        }

        xml.Element("IsTruncated", truncated);
    }

    public void WritePrefixes(XmlOut xml, ImmutableArray<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            xml.Open("CommonPrefixes").Key("Prefix", prefix, UrlEncoded).Close("CommonPrefixes");
        }
    }
}
