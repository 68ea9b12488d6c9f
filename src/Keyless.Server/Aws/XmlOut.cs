using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Keyless.Server.Aws;

/// <summary>Writes XML as UTF-8 into a buffer: elements and escaped text, nothing more. XML 1.0, section 2.4.</summary>
public sealed class XmlOut(IBufferWriter<byte> output)
{
    // What cannot stand in text, and the control characters that XML 1.0 has no way to write at all.
    private static readonly SearchValues<char> Special = SearchValues.Create(
        "&<>\"\r\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\u000b\f\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\ufffe\uffff");

    /// <summary><c>&lt;?xml version="1.0" encoding="UTF-8"?&gt;</c> and a line end, as S3 starts.</summary>
    public XmlOut Declaration() => Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");

    public XmlOut Open(string name)
    {
        Raw("<");
        Raw(name);
        return Raw(">");
    }

    public XmlOut Open(string name, string xmlns)
    {
        Raw("<");
        Raw(name);
        Raw(" xmlns=\"");
        Escaped(xmlns);
        return Raw("\">");
    }

    public XmlOut Close(string name)
    {
        Raw("</");
        Raw(name);
        return Raw(">");
    }

    /// <summary>An element without content.</summary>
    public XmlOut Empty(string name)
    {
        Raw("<");
        Raw(name);
        return Raw("/>");
    }

    public XmlOut Element(string name, ReadOnlySpan<char> text)
    {
        Open(name);
        Escaped(text);
        return Close(name);
    }

    /// <summary>An element of ASCII text in which nothing needs to be escaped: base64, letters and digits.</summary>
    public XmlOut Ascii(string name, ReadOnlySpan<byte> text)
    {
        Open(name);
        output.Write(text);
        return Close(name);
    }

    /// <summary>The element, unless the text is null.</summary>
    public XmlOut Optional(string name, string? text) => text is null ? this : Element(name, text);

    public XmlOut Element(string name, long number)
    {
        Open(name);
        var span = output.GetSpan(20);
        Utf8Formatter.TryFormat(number, span, out var length);
        output.Advance(length);
        return Close(name);
    }

    public XmlOut Element(string name, bool value) => Element(name, value ? "true" : "false");

    /// <summary>Whole seconds and <c>Z</c>, as IAM and STS write times.</summary>
    public XmlOut Element(string name, DateTimeOffset time)
    {
        Open(name);
        var span = output.GetSpan(20);
        time.UtcDateTime.TryFormat(span, out var length, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        output.Advance(length);
        return Close(name);
    }

    /// <summary>Text with <c>&amp;</c>, <c>&lt;</c>, <c>&gt;</c>, quotes and carriage returns escaped.</summary>
    public XmlOut Escaped(ReadOnlySpan<char> text)
    {
        while (true)
        {
            var special = text.IndexOfAny(Special);
            Raw(special < 0 ? text : text[..special]);
            if (special < 0)
            {
                return this;
            }

            Raw(text[special] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\r' => "&#13;",
                _ => "\ufffd",
            });
            text = text[(special + 1)..];
        }
    }

    /// <summary>Markup as it is.</summary>
    public XmlOut Raw(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty)
        {
            Encoding.UTF8.GetBytes(text, output);
        }

        return this;
    }
}
