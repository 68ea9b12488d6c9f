using System.Collections.Immutable;
using System.Text;
using System.Xml;

namespace Keyless.Server.S3;

/// <summary>
/// A request's XML as elements and text; attributes and namespaces play no part in S3's requests. Reading is bounded in size, depth and
/// number, and knows no DTDs: no entity of the sender's is ever expanded.
/// </summary>
public sealed record XmlTree(string Name, string Text, ImmutableArray<XmlTree> Children)
{
    private const int MaxDepth = 12;

    /// <summary>CompleteMultipartUpload has 10,000 parts of a few elements each.</summary>
    private const int MaxElements = 100_000;

    /// <summary>The document, or null when it is not well-formed or exceeds a bound.</summary>
    public static XmlTree? Read(ReadOnlyMemory<byte> document) => Read(document, out _);

    /// <param name="fault">Why there is none.</param>
    public static XmlTree? Read(ReadOnlyMemory<byte> document, out string? fault)
    {
        fault = $"the body is no XML document, or one of more than {MaxDepth} levels or {MaxElements} elements";
        using var stream = new MemoryStream(document.ToArray(), writable: false);
        try
        {
            using var reader = XmlReader.Create(stream, new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
                // Keys may hold characters that XML 1.0 has no way to write; clients escape them as &#x1;.
                CheckCharacters = false,
            });
            return reader.MoveToContent() == XmlNodeType.Element ? ReadWhole(reader) : null;
        }
        catch (XmlException malformed)
        {
            fault = $"the XML is not well-formed at line {malformed.LineNumber}, column {malformed.LinePosition}";
            return null;
        }
        catch (Exception malformed) when (malformed is DecoderFallbackException or InvalidOperationException or ArgumentException)
        {
            // The reader throws ArgumentException for an encoding it does not know.
            return null;
        }
    }

    private static XmlTree? ReadWhole(XmlReader reader)
    {
        var remaining = MaxElements;
        var root = ReadElement(reader, MaxDepth, ref remaining);

        // The rest must be well-formed too, and empty.
        while (root is not null && reader.Read())
        {
        }

        return root;
    }

    private static XmlTree? ReadElement(XmlReader reader, int depth, ref int remaining)
    {
        if (depth == 0 || --remaining < 0)
        {
            return null;
        }

        var name = reader.LocalName;
        if (reader.IsEmptyElement)
        {
            return new XmlTree(name, "", []);
        }

        StringBuilder? text = null;
        var single = "";
        var children = ImmutableArray.CreateBuilder<XmlTree>();
        while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (ReadElement(reader, depth - 1, ref remaining) is not { } child)
                    {
                        return null;
                    }

                    children.Add(child);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    if (text is not null || single.Length > 0)
                    {
                        text ??= new StringBuilder(single);
                        text.Append(reader.Value);
                    }
                    else
                    {
                        single = reader.Value;
                    }

                    break;
            }
        }

        return new XmlTree(name, text?.ToString() ?? single, children.ToImmutable());
    }

    /// <summary>The element for a sentence: its name, and the names of what it has.</summary>
    public string Outline => Children.IsEmpty
        ? $"`<{Name}>` {(Text.Trim() is { Length: > 0 } text ? $"with the text `{(text.Length > 40 ? text[..40] + "..." : text)}`" : "without anything in it")}"
        : $"`<{Name}>` with {string.Join(", ", Children.Take(5).Select(child => $"`<{child.Name}>`"))}{(Children.Length > 5 ? $" and {Children.Length - 5} more" : "")}";

    /// <summary>The text of the first child of that name, or null.</summary>
    public string? this[string name] => Child(name)?.Text;

    public XmlTree? Child(string name)
    {
        foreach (var child in Children)
        {
            if (child.Name == name)
            {
                return child;
            }
        }

        return null;
    }

    public IEnumerable<XmlTree> All(string name) => Children.Where(child => child.Name == name);

    /// <summary>Whether every child is one of these: S3 refuses elements it does not know.</summary>
    public bool HasOnly(params ReadOnlySpan<string> names)
    {
        foreach (var child in Children)
        {
            if (!names.Contains(child.Name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether each of these children occurs at most once.</summary>
    public bool HasAtMostOne(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (All(name).Skip(1).Any())
            {
                return false;
            }
        }

        return true;
    }
}
