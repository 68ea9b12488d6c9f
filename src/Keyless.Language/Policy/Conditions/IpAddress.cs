using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Evaluate;

namespace Keyless.Language.Policy.Conditions;

/// <summary>
/// <c>IpAddress</c>: the caller's address lies in the network. Addresses compare as numbers; families never match each other, and
/// an IPv4-mapped IPv6 caller is an IPv4 caller.
/// </summary>
internal sealed class IpAddress(UInt128 network, int prefix, bool isV6) : Comparand
{
    private static readonly SearchValues<char> V6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    public static Comparand Read(string text, PolicyVersion version)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryReadAddress(slash < 0 ? text : text.AsSpan(0, slash), out var address, out var isV6))
        {
            return new MalformedComparand($"`{text}` is neither an IP address nor a network in CIDR notation");
        }

        var width = isV6 ? 128 : 32;
        var prefix = width;
        if (slash >= 0 && !TryReadPrefix(text.AsSpan(slash + 1), width, out prefix))
        {
            return new MalformedComparand($"the prefix of `{text}` is no number from 0 to {width}");
        }

        var network = address & Mask(prefix, width);
        return isV6 && network != address
            ? new MalformedComparand($"the IPv6 network `{text}` has bits behind its prefix")
            : new IpAddress(network, prefix, isV6);
    }

    public override Comparison Compare(string got, RequestContext context)
    {
        if (!TryReadCaller(got, out var address, out var callerIsV6))
        {
            return Comparison.Incomparable;
        }

        return callerIsV6 == isV6 && (address & Mask(prefix, isV6 ? 128 : 32)) == network ? Comparison.Equal : Comparison.Different;
    }

    public override string? ProblemOf(string got) => TryReadCaller(got, out _, out _) ? null : $"`{got}` is no IP address";

    private static UInt128 Mask(int prefix, int width) => prefix == 0 ? 0 : UInt128.MaxValue << (width - prefix);

    private static bool TryReadCaller(string text, out UInt128 address, out bool isV6)
    {
        if (!TryReadAddress(text, out address, out isV6))
        {
            return false;
        }

        if (isV6 && address >> 32 == 0xFFFF)
        {
            (address, isV6) = (address & uint.MaxValue, false);
        }

        return true;
    }

    private static bool TryReadAddress(ReadOnlySpan<char> text, out UInt128 address, out bool isV6)
    {
        isV6 = text.Contains(':');
        address = 0;
        if (!isV6)
        {
            return TryReadV4(text, out address);
        }

        // The runtime's reader also takes brackets, ports and zones, which are no addresses here.
        if (text.ContainsAnyExcept(V6Characters) || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = parsed.TryWriteBytes(bytes, out _);
        foreach (var b in bytes)
        {
            address = (address << 8) | b;
        }

        return true;
    }

    /// <summary>Four decimal octets; the runtime's reader also takes octal, hexadecimal and short forms.</summary>
    private static bool TryReadV4(ReadOnlySpan<char> text, out UInt128 address)
    {
        address = 0;
        for (var i = 0; i < 4; i++)
        {
            var dot = i < 3 ? text.IndexOf('.') : text.Length;
            if (dot < 0 || !TryReadPrefix(text[..dot], 255, out var octet))
            {
                return false;
            }

            address = (address << 8) | (uint)octet;
            text = text[Math.Min(dot + 1, text.Length)..];
        }

        return true;
    }

    /// <summary>A decimal number without sign or leading zeros.</summary>
    private static bool TryReadPrefix(ReadOnlySpan<char> text, int most, out int value)
    {
        value = 0;
        return text.Length is >= 1 and <= 3 && (text.Length == 1 || text[0] != '0') && !text.ContainsAnyExceptInRange('0', '9')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most;
    }
}
