using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>How far the fetcher may go.</summary>
public sealed record IssuerFetchOptions
{
    /// <summary>Trusted beside the system's store: the certificates of <c>--trust-ca</c>.</summary>
    public X509Certificate2Collection ExtraTrust { get; init; } = [];

    /// <summary>Also http, on loopback: <c>--issuer-policy relaxed</c>.</summary>
    public bool AllowPlainLoopback { get; init; }

    /// <summary>Also loopback, link-local and private addresses: a server that only its own machine reaches.</summary>
    public bool AllowPrivateAddresses { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>An issuer's keys as fetched, and how far its TLS can be trusted.</summary>
/// <param name="Untrusted">SHA-1 thumbprints of the top certificates of hosts that the trust store does not know; empty when all are trusted.</param>
public sealed record FetchedKeys(KeySet Keys, IReadOnlyList<string> Untrusted);

/// <summary>
/// Fetches an issuer's discovery document and keys. OpenID Connect Discovery 1.0 section 4. Nothing the issuer sends is believed but
/// its keys: bounded in size and time, no redirect to another origin, no address inside our own network unless that is allowed.
/// </summary>
public sealed class IssuerFetch(IssuerFetchOptions options)
{
    private const int LargestDiscovery = 128 << 10;
    private const int LargestKeys = 1 << 20;
    private const int MostRedirects = 3;
    private const string HungUp = "ended the connection before it had answered";

    /// <summary>The keys, or one sentence that says exactly what kept us from them.</summary>
    public async Task<(FetchedKeys? Keys, string? Fault)> Fetch(string issuer, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Timeout);
        var tls = new IssuerTls(options.ExtraTrust);
        using var http = Client(tls);
        var where = issuer + "/.well-known/openid-configuration";
        try
        {
            var (discovery, fault) = await Get(http, where, LargestDiscovery, limit.Token);
            if (discovery is null)
            {
                return (null, fault);
            }

            if (ReadKeysAddress(discovery, issuer, out fault) is not { } address)
            {
                return (null, fault);
            }

            where = address;
            var (document, keysFault) = await Get(http, address, LargestKeys, limit.Token);
            if (document is null)
            {
                return (null, keysFault);
            }

            return KeySet.Parse(document, out fault) is { } keys
                ? (new FetchedKeys(keys, tls.Untrusted), null)
                : (null, $"`{address}`: {fault}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, $"`{where}` did not answer within {options.Timeout.TotalSeconds:0.#} seconds");
        }
        catch (HttpRequestException failure)
        {
            return (null, $"`{where}` {tls.Fault ?? Describe(failure)}");
        }
        catch (Exception failure) when (failure is IOException or SocketException or UriFormatException or InvalidOperationException)
        {
            return (null, $"`{where}` could not be read: {failure.Message}");
        }
    }

    /// <summary>The SHA-1 thumbprint of the top certificate that an issuer's host presents; null when it cannot be asked.</summary>
    public async Task<string?> FindThumbprint(string issuer, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Scheme != "https")
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Timeout);
        string? thumbprint = null;
        try
        {
            await using var connection = await Connect(uri.IdnHost, uri.Port, limit.Token);
            await using var tls = new SslStream(connection, leaveInnerStreamOpen: false, (_, certificate, chain, _) =>
            {
                // Only looked at: nothing is sent over this connection.
                thumbprint = chain is { ChainElements.Count: > 0 } ? IssuerTls.ThumbprintOf(chain.ChainElements[^1].Certificate) : null;
                return certificate is not null;
            });
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = uri.IdnHost }, limit.Token);
        }
        catch (Exception failure) when (failure is IOException or SocketException or HttpRequestException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            return null;
        }

        return thumbprint;
    }

    /// <summary>For one fetch: its connections end with it.</summary>
    private HttpClient Client(IssuerTls tls)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = true,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            MaxResponseHeadersLength = 32,
            ConnectCallback = (context, cancellation) => Connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = tls.Accepts;
        var http = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        http.DefaultRequestHeaders.UserAgent.ParseAdd("keyless");
        return http;
    }

    private static string? ReadKeysAddress(byte[] discovery, string issuer, out string? fault)
    {
        try
        {
            using var document = JsonDocument.Parse(discovery, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement;
            var named = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("issuer", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            if (named != issuer)
            {
                fault = $"the discovery document of `{issuer}` names the issuer `{TokenClaims.Clip(named ?? "")}`";
                return null;
            }

            fault = $"the discovery document of `{issuer}` has no `jwks_uri`";
            return root.TryGetProperty("jwks_uri", out var address) && address.ValueKind == JsonValueKind.String ? address.GetString() : null;
        }
        catch (JsonException)
        {
            fault = $"the discovery document of `{issuer}` is no JSON";
            return null;
        }
    }

    private async Task<(byte[]? Body, string? Fault)> Get(HttpClient http, string address, int largest, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri))
        {
            return (null, $"`{TokenClaims.Clip(address)}` is no URL");
        }

        for (var redirects = 0; ; redirects++)
        {
            if (uri.Scheme != "https" && !(options.AllowPlainLoopback && uri.Scheme == "http" && uri.IsLoopback))
            {
                return (null, $"`{uri}` is not https");
            }

            using var response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
            {
                var next = new Uri(uri, location);
                if (redirects == MostRedirects || next.GetLeftPart(UriPartial.Authority) != uri.GetLeftPart(UriPartial.Authority))
                {
                    return (null, redirects == MostRedirects ? $"`{address}` redirects more than {MostRedirects} times" : $"`{uri}` redirects to another origin, `{next.GetLeftPart(UriPartial.Authority)}`, which is not followed");
                }

                uri = next;
                continue;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                return (null, $"`{uri}` answered {(int)response.StatusCode}");
            }

            return await Read(response, largest, cancellation) is { } body ? (body, null) : (null, $"`{uri}` is larger than {largest >> 10} KiB");
        }
    }

    private static async Task<byte[]?> Read(HttpResponseMessage response, int largest, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > largest)
        {
            return null;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var body = new MemoryStream();
        var part = new byte[16 << 10];
        while (await stream.ReadAsync(part, cancellation) is var count and > 0)
        {
            if (body.Length + count > largest)
            {
                return null;
            }

            body.Write(part, 0, count);
        }

        return body.ToArray();
    }

    private async ValueTask<Stream> Connect(string host, int port, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, cancellation);
        var allowed = options.AllowPrivateAddresses ? addresses : [.. addresses.Where(IsPublic)];
        if (allowed.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, addresses.Length == 0
                ? $"`{host}` has no address"
                : $"`{host}` is at the private address {addresses[0]}, where this server does not fetch issuers");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether an address is of the public network, in whatever notation. RFC 6890.</summary>
    internal static bool IsPublic(IPAddress address)
    {
        if (EmbeddedIn(address) is { } embedded)
        {
            return IsPublic(embedded);
        }

        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.IsIPv6Multicast
            || address.Equals(IPAddress.IPv6Any))
        {
            return false;
        }

        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return true;
        }

        var b = address.GetAddressBytes();
        return !(b[0] is 0 or 10 or 127 or >= 224
            || (b[0] == 100 && b[1] is >= 64 and < 128)
            || (b[0] == 169 && b[1] == 254)
            || (b[0] == 172 && b[1] is >= 16 and < 32)
            || (b[0] == 192 && b[1] == 168)
            || (b[0] == 192 && b[1] == 0 && b[2] == 0)
            || (b[0] == 198 && b[1] is (18 or 19)));
    }

    /// <summary>The IPv4 address that an IPv6 one stands for: mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056); null for others.</summary>
    private static IPAddress? EmbeddedIn(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        var b = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 || b.AsSpan(0, 12).SequenceEqual<byte>([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]) ? new IPAddress(b.AsSpan(12))
            : b is [0x20, 0x02, ..] ? new IPAddress(b.AsSpan(2, 4))
            : null;
    }

    private static string Describe(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "has a host name that does not resolve",
        HttpRequestError.SecureConnectionError => $"has no TLS that can be trusted: {(failure.InnerException ?? failure).Message}",
        _ when failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "refuses connections: nothing listens there",
        _ when failure.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain } => "has a host name that does not resolve",
        HttpRequestError.ResponseEnded => HungUp,
        _ when failure.InnerException is IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown } } => HungUp,
        _ => $"cannot be reached: {(failure.InnerException ?? failure).Message}",
    };
}
