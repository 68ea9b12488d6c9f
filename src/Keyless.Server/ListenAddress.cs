using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Keyless.Server;

/// <summary>Where a server listens: nowhere but at the addresses of the host that its URL names.</summary>
public static class ListenAddress
{
    /// <summary>Why a URL cannot be listened at; null when it can, as far as it tells by itself.</summary>
    public static string? Problem(string url) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var listen) || listen.Scheme != Uri.UriSchemeHttp
            ? "must be an http URL such as http://127.0.0.1:4599; for https put a proxy in front that ends TLS"
            : ProblemOfParts(listen);

    /// <summary>Why a URL cannot be the one that clients reach a server by; null when it can.</summary>
    public static string? ProblemOfPublic(string url) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var shown) || (shown.Scheme != Uri.UriSchemeHttps && shown.Scheme != Uri.UriSchemeHttp)
            ? "must be a URL such as https://keyless.example.com"
            : ProblemOfParts(shown);

    private static string? ProblemOfParts(Uri url) => url.PathAndQuery != "/" || url.UserInfo.Length > 0 || url.Fragment.Length > 0
        ? $"must be scheme, host and port alone, such as {url.Scheme}://{url.Authority}"
        : null;

    /// <summary>The addresses of the URL's host.</summary>
    /// <exception cref="IOException">There is no such host.</exception>
    public static IReadOnlyList<IPAddress> Of(Uri listen)
    {
        if (IPAddress.TryParse(listen.Host.Trim('[', ']'), out var address))
        {
            return [address];
        }

        try
        {
            return listen.Host == "localhost" ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : Dns.GetHostAddresses(listen.Host);
        }
        catch (SocketException unknown)
        {
            throw new IOException($"cannot listen on {listen}: `{listen.Host}` has no address ({unknown.Message}); give one of this machine's, or 0.0.0.0 for all of them", unknown);
        }
    }

    public static bool IsLoopback(Uri listen) => Of(listen).All(IPAddress.IsLoopback);

    /// <summary>Every proxy on the way must be known; what came before the first unknown one is anybody's word.</summary>
    internal static ForwardedHeadersOptions Behind(IEnumerable<IPAddress> proxies)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownIPNetworks.Clear();
        options.KnownProxies.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownProxies.Add(proxy);
        }

        return options;
    }

    internal static void Configure(KestrelServerOptions kestrel, Uri listen)
    {
        // A machine may lack IPv6: `localhost` is content with either. A port of the system's choice cannot be the same on both.
        if (listen.Host == "localhost" && listen.Port != 0)
        {
            kestrel.ListenLocalhost(listen.Port);
            return;
        }

        foreach (var address in listen.Port == 0 ? Of(listen).Take(1) : Of(listen))
        {
            kestrel.Listen(address, listen.Port);
        }
    }
}
