using System.Collections.Immutable;
using System.Text;
using Keyless.Server.Aws;

namespace Keyless.Server.S3;

/// <summary>The tags of an object or bucket, in the order given. S3 User Guide, "Categorizing your storage using tags".</summary>
public sealed record TagSet(ImmutableArray<KeyValuePair<string, string>> Tags)
{
    public const int MaxOnObject = 10;
    public const int MaxOnBucket = 50;

    public static readonly TagSet Empty = new([]);

    public int Count => Tags.Length;

    /// <summary>From <c>x-amz-tagging</c>: <c>k=v&amp;k2=v2</c>, percent-encoded.</summary>
    public static Parsed<TagSet> ParseHeader(string header)
    {
        var tags = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var range in header.AsSpan().Split('&'))
        {
            var part = header.AsSpan(range);
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf('=');
            var key = PercentEncoding.Decode(equals < 0 ? part : part[..equals], plusIsSpace: true);
            var value = equals < 0 ? "" : PercentEncoding.Decode(part[(equals + 1)..], plusIsSpace: true);
            if (string.IsNullOrEmpty(key) || value is null)
            {
                return S3Errors.InvalidArgument(
                    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
                    "x-amz-tagging",
                    header);
            }

            tags.Add(new(key, value));
        }

        var set = new TagSet(tags.DrainToImmutable());
        if (set.Tags.DistinctBy(tag => tag.Key).Count() != set.Count)
        {
            return S3Errors.InvalidArgument(
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
                "x-amz-tagging",
                header);
        }

        return set.Fault(MaxOnObject) is { } fault ? fault : set;
    }

    /// <summary>From <c>&lt;Tagging&gt;&lt;TagSet&gt;&lt;Tag&gt;...</c>.</summary>
    public static Parsed<TagSet> ParseXml(XmlTree? tree, int max)
    {
        if (tree is not { Name: "Tagging" } || tree.Child("TagSet") is not { } list || !tree.HasOnly("TagSet") || !list.HasOnly("Tag"))
        {
            return S3Errors.MalformedXml("expected `<Tagging><TagSet><Tag><Key/><Value/></Tag>...</TagSet></Tagging>`", tree);
        }

        return ParseTags(list, max);
    }

    /// <summary>From an element whose children are all <c>Tag</c>.</summary>
    public static Parsed<TagSet> ParseTags(XmlTree list, int max)
    {
        var tags = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var tag in list.All("Tag"))
        {
            if (tag["Key"] is not { } key || tag["Value"] is not { } value || !tag.HasOnly("Key", "Value"))
            {
                return S3Errors.MalformedXml("a `<Tag>` has a `<Key>` and a `<Value>`, nothing else");
            }

            tags.Add(new(key, value));
        }

        var set = new TagSet(tags.DrainToImmutable());
        return set.Fault(max) is { } fault ? fault : set;
    }

    /// <summary>What S3 has against these tags; null when nothing.</summary>
    public AwsError? Fault(int max)
    {
        if (Count > max)
        {
            return S3Errors.BadRequest(max == MaxOnObject ? "Object tags cannot be greater than 10" : "Bucket tag count cannot be greater than 50") with
            {
                Reason = $"the request has {Count} tags, at most {max} are allowed on {(max == MaxOnObject ? "an object" : "a bucket")}",
                Mend = $"leave out {Count - max}",
            };
        }

        var seen = new HashSet<string>();
        foreach (var (key, value) in Tags)
        {
            if (key.Length is 0 or > 128)
            {
                return S3Errors.InvalidTag("The TagKey you have provided is invalid", $"the tag key has {key.Length} characters, 1 to 128 are allowed").With("TagKey", key);
            }

            if (value.Length > 256)
            {
                return S3Errors.InvalidTag("The TagValue you have provided is invalid", $"the value of tag `{key}` has {value.Length} characters, at most 256 are allowed").With("TagKey", key).With("TagValue", value);
            }

            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                return S3Errors.InvalidTag("System tags cannot be added/updated by requester", $"the tag key `{key}` begins with `aws:`, which is reserved for AWS itself").With("TagKey", key);
            }

            if (!IsTagText(key))
            {
                return S3Errors.InvalidTag("The TagKey you have provided is invalid", $"the tag key `{key}` has other characters than letters, digits, spaces and `_.:/=+-`").With("TagKey", key);
            }

            if (!IsTagText(value))
            {
                return S3Errors.InvalidTag("The TagValue you have provided is invalid", $"the value of tag `{key}`, `{value}`, has other characters than letters, digits, spaces and `_.:/=+-`").With("TagKey", key).With("TagValue", value);
            }

            if (!seen.Add(key))
            {
                return S3Errors.InvalidTag("Cannot provide multiple Tags with the same key", $"the tag key `{key}` is given twice").With("TagKey", key);
            }
        }

        return null;
    }

    /// <summary>The stored form, which is the header's.</summary>
    public string Encode()
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Tags)
        {
            text.Append(text.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    /// <summary>Reads the stored form back.</summary>
    public static TagSet Decode(string encoded)
    {
        var tags = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var part in encoded.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            tags.Add(new(Uri.UnescapeDataString(part[..equals]), Uri.UnescapeDataString(part[(equals + 1)..])));
        }

        return new TagSet(tags.DrainToImmutable());
    }

    internal void Write(XmlOut xml)
    {
        xml.Open("Tagging", S3Xml.Namespace).Open("TagSet");
        foreach (var (key, value) in Tags)
        {
            xml.Open("Tag").Element("Key", key).Element("Value", value).Close("Tag");
        }

        xml.Close("TagSet").Close("Tagging");
    }

    /// <summary>Letters, digits and spaces of any script, and <c>_.:/=+-</c>.</summary>
    private static bool IsTagText(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!(Rune.IsLetterOrDigit(rune)
                || Rune.IsWhiteSpace(rune)
                || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
                || (rune.IsAscii && "_.:/=+-".Contains((char)rune.Value, StringComparison.Ordinal))))
            {
                return false;
            }
        }

        return true;
    }
}
