using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Keyless.Server.Aws;

/// <summary>
/// The parameters of a Query request, decoded in one pass into one buffer: a name and a value are spans of it, text is made only of
/// what an operation asks for. <c>application/x-www-form-urlencoded</c>, URL Standard section 5.
/// </summary>
/// <remarks>The buffers are lent: after <see cref="Release"/>, at the end of the request, there are no parameters any more.</remarks>
public sealed class QueryParameters
{
    /// <summary>More parameters than any AWS operation takes.</summary>
    public const int MaxParameters = 2048;

    private byte[] _decoded;
    private Entry[] _entries;
    private int _count;

    private QueryParameters(byte[] decoded, Entry[] entries, int count)
    {
        _decoded = decoded;
        _entries = entries;
        _count = count;
    }

    public static QueryParameters Empty { get; } = new([], [], 0);

    public int Count => _count;

    private ReadOnlySpan<Entry> Entries => _entries.AsSpan(0, _count);

    /// <summary>Parses a form body or query string. Null, with the fault, when it is malformed.</summary>
    public static QueryParameters? Parse(ReadOnlySpan<byte> form, out string? fault)
    {
        fault = null;
        if (form.IsEmpty)
        {
            return Empty;
        }

        var count = form.Count((byte)'&') + 1;
        if (count > MaxParameters)
        {
            fault = $"the request has {count} parameters, more than {MaxParameters}";
            return null;
        }

        var decoded = ArrayPool<byte>.Shared.Rent(form.Length);
        var entries = ArrayPool<Entry>.Shared.Rent(count);
        var written = 0;
        var used = 0;
        while (true)
        {
            var end = form.IndexOf((byte)'&');
            var pair = end < 0 ? form : form[..end];
            if (!pair.IsEmpty)
            {
                var equals = pair.IndexOf((byte)'=');
                var name = equals < 0 ? pair : pair[..equals];
                var value = equals < 0 ? default : pair[(equals + 1)..];
                if (!Decode(name, decoded, ref written, out var nameLength) || !Decode(value, decoded, ref written, out var valueLength))
                {
                    fault = "a parameter is not percent-encoded UTF-8";
                    new QueryParameters(decoded, entries, used).Release();
                    return null;
                }

                entries[used++] = new Entry(written - valueLength - nameLength, nameLength, valueLength);
            }

            if (end < 0)
            {
                break;
            }

            form = form[(end + 1)..];
        }

        return new QueryParameters(decoded, entries, used);
    }

    /// <summary>Gives the buffers back. Texts that were made stay; spans must not be used any more.</summary>
    public void Release()
    {
        if (_decoded.Length == 0)
        {
            return;
        }

        var (decoded, entries) = (_decoded, _entries);
        (_decoded, _entries, _count) = ([], [], 0);
        // Tokens and secrets were in it.
        ArrayPool<byte>.Shared.Return(decoded, clearArray: true);
        ArrayPool<Entry>.Shared.Return(entries);
    }

    /// <summary>The decoded bytes of a parameter's first occurrence.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var entry in Entries)
        {
            if (entry.NameLength == name.Length && Name(entry).SequenceEqual(name))
            {
                value = Value(entry);
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>The text of a parameter; null when absent. Present and empty is the empty text.</summary>
    public string? Text(ReadOnlySpan<byte> name) => TryGet(name, out var value) ? Encoding.UTF8.GetString(value) : null;

    public string? Text(string name)
    {
        Span<byte> utf8 = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(name, utf8, out var length) ? Text(utf8[..length]) : null;
    }

    /// <summary>As <see cref="Text(string)"/>, for what many requests have in common: names and ARNs, never secrets.</summary>
    public string? RecentText(string name)
    {
        Span<byte> utf8 = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(name, utf8, out var length) && TryGet(utf8[..length], out var value) ? RecentTexts.Of(value) : null;
    }

    /// <summary>
    /// The elements of <c>NAME.member.1</c>, <c>.2</c> ... in the order of their numbers. Empty when absent: botocore sends an empty
    /// list as <c>NAME=</c>.
    /// </summary>
    public IReadOnlyList<string> List(string name)
    {
        List<string>? found = null;
        foreach (var number in Numbers(name))
        {
            if (Text($"{name}.member.{number}") is { } value)
            {
                (found ??= []).Add(value);
            }
        }

        return found ?? (IReadOnlyList<string>)[];
    }

    /// <summary>The element numbers of a list, ascending: of <c>Tags.member.1.Key</c> the 1.</summary>
    public IReadOnlyList<int> Numbers(string name)
    {
        var prefix = Encoding.UTF8.GetBytes(name + ".member.");
        SortedSet<int>? numbers = null;
        foreach (var entry in Entries)
        {
            var rest = Name(entry);
            if (rest.StartsWith(prefix)
                && Utf8Parser.TryParse(rest[prefix.Length..], out int number, out var length)
                && number is > 0 and <= MaxParameters
                && (rest.Length == prefix.Length + length || rest[prefix.Length + length] == (byte)'.'))
            {
                (numbers ??= []).Add(number);
            }
        }

        return numbers is null ? [] : [.. numbers];
    }

    /// <summary>Every parameter in the order of the request.</summary>
    public IEnumerable<KeyValuePair<string, string>> All()
    {
        for (var i = 0; i < _count; i++)
        {
            var entry = _entries[i];
            if (entry.NameLength > 0)
            {
                yield return new(Encoding.UTF8.GetString(Name(entry)), Encoding.UTF8.GetString(Value(entry)));
            }
        }
    }

    /// <summary>Whether a parameter, or a list of that name, was sent at all.</summary>
    public bool Has(ReadOnlySpan<byte> name)
    {
        foreach (var entry in Entries)
        {
            var candidate = Name(entry);
            if (candidate.StartsWith(name) && (candidate.Length == name.Length || candidate[name.Length] == (byte)'.'))
            {
                return true;
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> Name(Entry entry) => _decoded.AsSpan(entry.Start, entry.NameLength);

    private ReadOnlySpan<byte> Value(Entry entry) => _decoded.AsSpan(entry.Start + entry.NameLength, entry.ValueLength);

    private static bool Decode(ReadOnlySpan<byte> encoded, byte[] decoded, ref int written, out int length)
    {
        var start = written;
        while (true)
        {
            // Runs without escapes, which is nearly everything, are copied whole.
            var plain = encoded.IndexOfAny((byte)'%', (byte)'+');
            var run = plain < 0 ? encoded : encoded[..plain];
            run.CopyTo(decoded.AsSpan(written));
            written += run.Length;
            if (plain < 0)
            {
                break;
            }

            if (encoded[plain] == (byte)'+')
            {
                decoded[written++] = (byte)' ';
                encoded = encoded[(plain + 1)..];
                continue;
            }

            if (encoded.Length < plain + 3
                || !Utf8Parser.TryParse(encoded.Slice(plain + 1, 2), out byte value, out var digits, 'x')
                || digits != 2)
            {
                length = 0;
                return false;
            }

            decoded[written++] = value;
            encoded = encoded[(plain + 3)..];
        }

        length = written - start;
        return Utf8.IsValid(decoded.AsSpan(start, length));
    }

    private readonly record struct Entry(int Start, int NameLength, int ValueLength);
}
