using System.Buffers;
using System.Globalization;
using System.Text;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>S3's dialect of XML answers.</summary>
internal static class S3Xml
{
    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private static readonly SearchValues<char> Control = SearchValues.Create(
        "\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    /// <summary>ISO 8601 with milliseconds.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// An element with a key or prefix: URL-encoded when the client asked for it, otherwise with control characters as numeric escapes,
    /// as S3 writes them although XML 1.0 has no place for them.
    /// </summary>
    public static XmlOut Key(this XmlOut xml, string element, string key, bool urlEncoded)
    {
        if (urlEncoded)
        {
            return xml.Element(element, PercentEncoding.EncodeForListing(key));
        }

        if (!key.AsSpan().ContainsAny(Control))
        {
            return xml.Element(element, key);
        }

        xml.Open(element);
        var rest = key.AsSpan();
        for (int at; (at = rest.IndexOfAny(Control)) >= 0; rest = rest[(at + 1)..])
        {
            xml.Escaped(rest[..at]).Raw($"&#x{(int)rest[at]:x};");
        }

        return xml.Escaped(rest).Close(element);
    }

    /// <summary>XML as text, the form in which configurations are stored.</summary>
    public static string Stored(Action<XmlOut> write)
    {
        var output = new ArrayBufferWriter<byte>(512);
        write(new XmlOut(output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>The owner of buckets and objects: the account, under the canonical user id S3 gives it.</summary>
    public static XmlOut Owner(this XmlOut xml, string account, string element = "Owner") =>
        xml.Open(element).Element("ID", CanonicalUser(account)).Element("DisplayName", account).Close(element);

    /// <summary>Who began an upload.</summary>
    public static XmlOut Initiator(this XmlOut xml, Upload upload, string account) => upload.Initiator.Length == 0
        ? xml.Owner(account, "Initiator")
        : xml.Open("Initiator").Element("ID", upload.Initiator).Element("DisplayName", upload.Initiator.Split('/')[^1]).Close("Initiator");

    /// <summary>64 hexadecimal digits that stand for an account and do not tell it.</summary>
    public static string CanonicalUser(string account) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes("canonical user of " + account)));
}
