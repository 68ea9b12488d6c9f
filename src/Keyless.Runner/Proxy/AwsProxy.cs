using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Keyless.Runner.Proxy;

/// <summary>
/// A CONNECT proxy on loopback for clients that know no endpoint variable: it answers for AWS's hosts with the sandbox and relays every
/// other connection byte by byte, through the user's own proxy where there is one. RFC 9110 section 9.3.6.
/// </summary>
public sealed class AwsProxy : IAsyncDisposable
{
    private const int LongestHead = 16 * 1024;
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly RunAuthority _authority;
    private readonly IPEndPoint _sandbox;
    private readonly Uri? _upstream;
    private readonly ConcurrentDictionary<string, int> _answered = new(StringComparer.OrdinalIgnoreCase);
    private readonly Task _accepting;

    /// <param name="sandbox">Where the sandbox listens with plain HTTP.</param>
    /// <param name="upstream">The user's own proxy for everything that is not AWS; null for none.</param>
    public AwsProxy(RunAuthority authority, IPEndPoint sandbox, Uri? upstream)
    {
        _authority = authority;
        _sandbox = sandbox;
        _upstream = upstream;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>The AWS hosts answered since the last call.</summary>
    public IReadOnlyList<string> TakeAnswered()
    {
        var hosts = _answered.Keys.Order(StringComparer.Ordinal).ToList();
        foreach (var host in hosts)
        {
            _answered.TryRemove(host, out _);
        }

        return hosts;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                var stream = client.GetStream();
                var (head, rest) = await ReadHeadAsync(stream);
                if (Target(head) is not var (host, port))
                {
                    await AnswerAsync(stream, "405 Method Not Allowed", "this proxy takes CONNECT only\n");
                }
                else if (AwsHosts.Contains(host))
                {
                    await ImpersonateAsync(stream, host);
                }
                else
                {
                    await RelayAsync(stream, host, port, rest);
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
            {
                // Either side hung up; the client reports it in its own words.
            }
        }
    }

    private async Task ImpersonateAsync(NetworkStream client, string host)
    {
        await AnswerAsync(client, "200 Connection Established");
        await using var secure = new SslStream(client, leaveInnerStreamOpen: true);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = _authority.For(host), ApplicationProtocols = [SslApplicationProtocol.Http11] },
            _stopping.Token);
        _answered.AddOrUpdate(host, 1, static (_, count) => count + 1);
        using var sandbox = new TcpClient();
        await sandbox.ConnectAsync(_sandbox, _stopping.Token);
        sandbox.NoDelay = true;
        await JoinAsync(secure, sandbox.GetStream(), () => sandbox.Client.Shutdown(SocketShutdown.Send));
    }

    private async Task RelayAsync(NetworkStream client, string host, int port, byte[] rest)
    {
        using var server = new TcpClient();
        try
        {
            if (_upstream is { } proxy)
            {
                await server.ConnectAsync(proxy.Host, proxy.Port, _stopping.Token);
                await server.GetStream().WriteAsync(ConnectHead(host, port, proxy), _stopping.Token);
            }
            else
            {
                await server.ConnectAsync(host, port, _stopping.Token);
                await AnswerAsync(client, "200 Connection Established");
            }
        }
        catch (SocketException e)
        {
            await AnswerAsync(client, "502 Bad Gateway", $"cannot reach {host}:{port}: {e.Message}\n");
            return;
        }

        // With a proxy behind this one its own answer to CONNECT is what the client sees.
        server.NoDelay = true;
        await server.GetStream().WriteAsync(rest, _stopping.Token);
        await JoinAsync(client, server.GetStream(), () => server.Client.Shutdown(SocketShutdown.Send));
    }

    private static byte[] ConnectHead(string host, int port, Uri proxy)
    {
        var credentials = proxy.UserInfo.Length > 0
            ? $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))}\r\n"
            : "";
        return Encoding.ASCII.GetBytes($"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{credentials}\r\n");
    }

    private async Task JoinAsync(Stream client, Stream server, Action endOfClient)
    {
        var up = Task.Run(async () =>
        {
            await client.CopyToAsync(server, _stopping.Token);
            endOfClient();
        });
        await server.CopyToAsync(client, _stopping.Token);
        if (client is SslStream secure)
        {
            await secure.ShutdownAsync();
        }

        // The server has said everything: a client that keeps its side open waits for nothing more.
        await Task.WhenAny(up, Task.Delay(TimeSpan.FromSeconds(1), _stopping.Token));
    }

    private async Task<(string Head, byte[] Beyond)> ReadHeadAsync(NetworkStream stream)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(HeadTimeout);
        var buffer = new byte[LongestHead];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), limit.Token);
            if (read == 0)
            {
                break;
            }

            length += read;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return (Encoding.ASCII.GetString(buffer, 0, end), buffer[(end + 4)..length]);
            }
        }

        return ("", []);
    }

    private static (string Host, int Port)? Target(string head)
    {
        if (head.Split("\r\n", 2)[0].Split(' ') is not ["CONNECT", var authority, _])
        {
            return null;
        }

        var colon = authority.LastIndexOf(':');
        return colon > 0 && int.TryParse(authority.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? (authority[..colon].Trim('[', ']'), port)
            : null;
    }

    private async Task AnswerAsync(NetworkStream stream, string status, string? body = null) =>
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\n{(body is null ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n")}\r\n{body}"),
            _stopping.Token);
}
