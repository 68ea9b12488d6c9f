using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keyless.Runner.Proxy;
using Xunit;

namespace Runner.Tests.Proxy;

/// <summary>The proxy is AWS to those who ask for AWS, and a wire to everybody else.</summary>
public sealed class AwsProxyTests
{
    [Fact]
    public async Task An_AWS_host_is_answered_by_the_sandbox_with_the_runs_certificate()
    {
        using var authority = new RunAuthority(TimeProvider.System);
        await using var sandbox = new OneLineServer("sandbox");
        await using var proxy = new AwsProxy(authority, sandbox.Address, upstream: null);
        using var http = Client(proxy, authority);
        Assert.Equal("sandbox", await http.GetStringAsync("https://sts.us-east-1.amazonaws.com/"));
        Assert.Equal("sts.us-east-1.amazonaws.com", sandbox.LastHost);
        Assert.Equal(["sts.us-east-1.amazonaws.com"], proxy.TakeAnswered());
        Assert.Empty(proxy.TakeAnswered());
    }

    [Fact]
    public async Task Every_other_host_is_relayed_untouched()
    {
        using var authority = new RunAuthority(TimeProvider.System);
        await using var sandbox = new OneLineServer("sandbox");
        await using var other = new OneLineServer("other");
        await using var proxy = new AwsProxy(authority, sandbox.Address, upstream: null);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"CONNECT localhost:{other.Address.Port} HTTP/1.1\r\n\r\n"));
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 200 Connection Established", await reader.ReadLineAsync());
        Assert.Equal("", await reader.ReadLineAsync());
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n"u8.ToArray());
        Assert.EndsWith("other", await reader.ReadToEndAsync());
        Assert.Empty(proxy.TakeAnswered());
    }

    [Theory]
    [InlineData("sts.amazonaws.com", true)]
    [InlineData("my.bucket.s3.eu-west-1.amazonaws.com", true)]
    [InlineData("sts.cn-north-1.amazonaws.com.cn", true)]
    [InlineData("s3.dualstack.us-east-1.api.aws", true)]
    [InlineData("amazonaws.com.example.com", false)]
    [InlineData("notamazonaws.com", false)]
    [InlineData("github.com", false)]
    [InlineData("awscli.amazonaws.com", false)]
    public void Only_AWS_hosts_are_answered(string host, bool expected) => Assert.Equal(expected, AwsHosts.Contains(host));

    private static HttpClient Client(AwsProxy proxy, RunAuthority authority)
    {
        var handler = new SocketsHttpHandler { Proxy = new WebProxy(proxy.Address), UseProxy = true };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509Certificate2.CreateFromPem(authority.CertificatePem) },
        };
        return new HttpClient(handler);
    }

    /// <summary>An HTTP server that answers everything with one word.</summary>
    private sealed class OneLineServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public OneLineServer(string word)
        {
            _listener.Start();
            _serving = ServeAsync(word);
        }

        public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

        public string? LastHost { get; private set; }

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving;
        }

        private async Task ServeAsync(string word)
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    using var reader = new StreamReader(stream, leaveOpen: true);
                    while (await reader.ReadLineAsync() is { Length: > 0 } line)
                    {
                        LastHost = line.StartsWith("Host: ", StringComparison.OrdinalIgnoreCase) ? line[6..] : LastHost;
                    }

                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {word.Length}\r\nConnection: close\r\n\r\n{word}"));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
