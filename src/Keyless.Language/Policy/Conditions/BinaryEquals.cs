using System.Buffers.Text;
using System.Text;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Conditions;

/// <summary><c>BinaryEquals</c>: the same bytes, both sides written in base64 (RFC 4648 section 4).</summary>
internal sealed class BinaryEquals(byte[] wanted) : Comparand
{
    public static Comparand Read(string text, PolicyVersion version) =>
        Decode(text) is { } wanted ? new BinaryEquals(wanted) : new MalformedComparand($"`{text}` is no base64 text");

    public override Comparison Compare(string got, RequestContext context) =>
        Decode(got) is { } value && value.AsSpan().SequenceEqual(wanted) ? Comparison.Equal : Comparison.Different;

    public override string? ProblemOf(string got) => Decode(got) is null ? $"`{got}` is no base64 text" : null;

    private static byte[]? Decode(string text)
    {
        // The decoders skip white space; a policy's value has none.
        if (text.AsSpan().ContainsAny(" \t\r\n"))
        {
            return null;
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(Encoding.UTF8.GetByteCount(text))];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
