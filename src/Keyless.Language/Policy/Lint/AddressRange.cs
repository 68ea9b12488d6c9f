using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Keyless.Language.Policy.Lint;

/// <summary>A value of <c>IpAddress</c>: an address, or a network with its prefix length.</summary>
internal sealed record AddressRange(IPAddress Address, int Prefix)
{
    private static readonly AddressRange[] Private =
    [
        .. new[] { "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10", "::1" }.Select(r => Parse(r)!),
    ];

    public bool IsV4 => Address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Whether bits behind the prefix are set.</summary>
    public bool HasHostBits => !Masked(Prefix).Equals(Address);

    /// <summary>The network without those bits, as text.</summary>
    public string Network => $"{Masked(Prefix)}/{Prefix}";

    /// <summary>Whether every address in it is one that is never seen on the internet.</summary>
    public bool IsPrivate => Private.Any(p => p.IsV4 == IsV4 && Prefix >= p.Prefix && Masked(p.Prefix).Equals(p.Masked(p.Prefix)));

    /// <summary>Null for anything that never matches.</summary>
    public static AddressRange? Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        var dotted = !host.Contains(':', StringComparison.Ordinal);
        if ((dotted && (host.Split('.') is not [_, _, _, _] parts || !parts.All(p => p.Length is >= 1 and <= 3 && p.All(char.IsAsciiDigit))))
            || host.Contains('%', StringComparison.Ordinal) || host.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(dotted ? WithoutLeadingZeros(host) : host, out var address))
        {
            return null;
        }

        var most = dotted ? 32 : 128;
        var prefix = most;
        if (slash >= 0 && !(int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= most))
        {
            return null;
        }

        return new AddressRange(address, prefix);
    }

    /// <summary><c>010</c> would be read as octal.</summary>
    private static string WithoutLeadingZeros(string host) => string.Join('.', host.Split('.').Select(p => p.TrimStart('0') is { Length: > 0 } n ? n : "0"));

    private IPAddress Masked(int bits)
    {
        var bytes = Address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var keep = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - keep));
        }

        return new IPAddress(bytes);
    }
}
