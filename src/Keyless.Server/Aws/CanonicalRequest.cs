using System.Buffers;
using System.Text;

namespace Keyless.Server.Aws;

/// <summary>
/// The canonical request of Signature Version 4: the one text that client and server both derive from a request.
/// IAM User Guide, "Create a canonical request".
/// </summary>
internal static class CanonicalRequest
{
    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    /// <summary>Writes the canonical request. False when path or query are not percent-encoded UTF-8.</summary>
    public static bool Write(
        ArrayBufferWriter<byte> output, AwsRequest request, string signedHeaders, string contentSha256, bool pathAsSent, bool withoutSignature)
    {
        Append(output, request.Method);
        output.Write("\n"u8);
        if (!WritePath(output, request.Target.Path, pathAsSent))
        {
            return false;
        }

        output.Write("\n"u8);
        if (!WriteQuery(output, request.Target.Query, withoutSignature))
        {
            return false;
        }

        output.Write("\n"u8);
        foreach (var range in signedHeaders.AsSpan().Split(';'))
        {
            WriteHeader(output, request, signedHeaders[range]);
        }

        output.Write("\n"u8);
        Append(output, signedHeaders);
        output.Write("\n"u8);
        Append(output, contentSha256);
        return true;
    }

    private static bool WritePath(ArrayBufferWriter<byte> output, string path, bool asSent)
    {
        if (path is "/" or "")
        {
            output.Write("/"u8);
            return true;
        }

        var raw = Encoding.UTF8.GetBytes(asSent ? path : Normalise(path));
        if (!asSent)
        {
            // Encoded twice: what was sent is taken as text.
            Encode(output, raw, keepSlash: true);
            return true;
        }

        if (!TryDecode(raw, plusIsSpace: false, out var length))
        {
            return false;
        }

        Encode(output, raw.AsSpan(0, length), keepSlash: true);
        return true;
    }

    /// <summary>Removes dot segments and doubled slashes. RFC 3986 section 6.2.2.3.</summary>
    private static string Normalise(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        foreach (var segment in segments)
        {
            switch (segment)
            {
                case "" or ".":
                    break;
                case "..":
                    if (kept.Count > 0)
                    {
                        kept.RemoveAt(kept.Count - 1);
                    }

                    break;
                default:
                    kept.Add(segment);
                    break;
            }
        }

        var slash = kept.Count > 0 && segments[^1] is "" or "." or ".." ? "/" : "";
        return kept.Count == 0 ? "/" : "/" + string.Join('/', kept) + slash;
    }

    private static bool WriteQuery(ArrayBufferWriter<byte> output, string query, bool withoutSignature)
    {
        if (query.Length == 0)
        {
            return true;
        }

        var pairs = new List<(string Name, string Value)>();
        foreach (var range in query.AsSpan().Split('&'))
        {
            var pair = query.AsSpan(range);
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            if (withoutSignature && name is "X-Amz-Signature")
            {
                continue;
            }

            if (!TryReencode(name, out var encodedName) || !TryReencode(equals < 0 ? "" : pair[(equals + 1)..], out var encodedValue))
            {
                return false;
            }

            pairs.Add((encodedName, encodedValue));
        }

        pairs.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name) is var byName and not 0 ? byName : string.CompareOrdinal(a.Value, b.Value));
        for (var i = 0; i < pairs.Count; i++)
        {
            if (i > 0)
            {
                output.Write("&"u8);
            }

            Append(output, pairs[i].Name);
            output.Write("="u8);
            Append(output, pairs[i].Value);
        }

        return true;
    }

    private static bool TryReencode(ReadOnlySpan<char> text, out string encoded)
    {
        var raw = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, raw);
        if (!TryDecode(raw, plusIsSpace: true, out var length))
        {
            encoded = "";
            return false;
        }

        var output = new ArrayBufferWriter<byte>(raw.Length + 16);
        Encode(output, raw.AsSpan(0, length), keepSlash: false);
        encoded = Encoding.ASCII.GetString(output.WrittenSpan);
        return true;
    }

    private static void WriteHeader(ArrayBufferWriter<byte> output, AwsRequest request, string name)
    {
        Append(output, name);
        output.Write(":"u8);
        var values = request.Http.Request.Headers[name];
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            AppendCollapsed(output, values[i]);
        }

        output.Write("\n"u8);
    }

    /// <summary>Trims, and makes one space of a run of spaces.</summary>
    private static void AppendCollapsed(ArrayBufferWriter<byte> output, string? value)
    {
        var rest = value.AsSpan().Trim();
        while (rest.IndexOf("  ") is var at and >= 0)
        {
            Append(output, rest[..(at + 1)]);
            rest = rest[at..].TrimStart(' ');
        }

        Append(output, rest);
    }

    private static void Append(ArrayBufferWriter<byte> output, ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, output);

    private static bool TryDecode(Span<byte> bytes, bool plusIsSpace, out int length)
    {
        length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var value = bytes[i];
            if (value == '%')
            {
                if (i + 2 >= bytes.Length || !TryHex(bytes[i + 1], out var high) || !TryHex(bytes[i + 2], out var low))
                {
                    return false;
                }

                value = (byte)((high << 4) | low);
                i += 2;
            }
            else if (plusIsSpace && value == '+')
            {
                value = (byte)' ';
            }

            bytes[length++] = value;
        }

        return true;
    }

    private static bool TryHex(byte digit, out int value)
    {
        value = Convert.ToInt32(digit switch
        {
            >= (byte)'0' and <= (byte)'9' => digit - '0',
            >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
            _ => -1,
        });
        return value >= 0;
    }

    private static void Encode(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> bytes, bool keepSlash)
    {
        while (true)
        {
            var reserved = bytes.IndexOfAnyExcept(Unreserved);
            output.Write(reserved < 0 ? bytes : bytes[..reserved]);
            if (reserved < 0)
            {
                return;
            }

            var value = bytes[reserved];
            if (keepSlash && value == '/')
            {
                output.Write("/"u8);
            }
            else
            {
                var span = output.GetSpan(3);
                span[0] = (byte)'%';
                span[1] = "0123456789ABCDEF"u8[value >> 4];
                span[2] = "0123456789ABCDEF"u8[value & 15];
                output.Advance(3);
            }

            bytes = bytes[(reserved + 1)..];
        }
    }
}
