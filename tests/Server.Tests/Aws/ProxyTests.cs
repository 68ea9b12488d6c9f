using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Keyless.Server;
using Keyless.Server.Audit;
using Keyless.Tests;
using Xunit;

namespace Server.Tests.Aws;

/// <summary>A proxy that ends TLS stands before the server.</summary>
public sealed class ProxyTests
{
    private const string OnlyTls = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::pages/*","Condition":{"Bool":{"aws:SecureTransport":"true"},"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}}}""";

    [Theory]
    [InlineData("127.0.0.1", "198.51.100.7", "https", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "198.51.100.7, 127.0.0.1", "https, https", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "198.51.100.7", "http", HttpStatusCode.Forbidden)]

    // What stands before an address that is no known proxy is that client's own word.
    [InlineData("127.0.0.1", "198.51.100.7, 203.0.113.5", "https, https", HttpStatusCode.Forbidden)]
    [InlineData("192.0.2.1", "198.51.100.7", "https", HttpStatusCode.Forbidden)]
    [InlineData(null, "198.51.100.7", "https", HttpStatusCode.Forbidden)]
    public async Task Only_a_trusted_one_tells_where_a_request_comes_from(string? trusted, string forwardedFor, string forwardedProto, HttpStatusCode expected)
    {
        ImmutableArray<IPAddress> proxies = trusted is null ? [] : [IPAddress.Parse(trusted)];
        await using var server = await TestServer.Start(options => options with { TrustedProxies = proxies });
        Assert.Equal(200, (await Put(server, "/pages", "")).Code);
        Assert.Equal(204, (await Delete(server, "/pages?publicAccessBlock=")).Code);
        Assert.Equal(204, (await Put(server, "/pages?policy=", OnlyTls)).Code);
        Assert.Equal(200, (await Put(server, "/pages/index.html", "hello")).Code);

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Server.BaseAddress, "/pages/index.html"));
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        request.Headers.Add("X-Forwarded-Proto", forwardedProto);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task The_issuer_is_known_by_the_public_address_and_stays_so()
    {
        await using var server = await TestServer.Start(options => options with { PublicUrl = new Uri("https://keyless.example.com"), PinnedIssuers = [] });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var discovery = JsonDocument.Parse(await http.GetStringAsync(new Uri(server.Server.BaseAddress, "/_keyless/oidc/.well-known/openid-configuration"), TestContext.Current.CancellationToken));
        Assert.Equal("https://keyless.example.com/_keyless/oidc", discovery.RootElement.GetProperty("issuer").GetString());
        Assert.Equal("https://keyless.example.com/_keyless/oidc/.well-known/jwks", discovery.RootElement.GetProperty("jwks_uri").GetString());
        Assert.Equal("https://pages.s3-website.keyless.example.com", server.Server.WebsiteUrl("pages"));
        Assert.Equal(new Uri("https://keyless.example.com"), new DataFolder(server.Folder).PublicUrl);

        // Its own tokens are verified without a fetch, by whoever it is known as.
        await server.Root.Iam("CreateOpenIDConnectProvider", "Url", "https://keyless.example.com/_keyless/oidc", "ClientIDList.member.1", "sts.amazonaws.com");
        await server.Root.Iam("CreateRole", "RoleName", "deploy", "AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/keyless.example.com/_keyless/oidc"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"keyless.example.com/_keyless/oidc:sub":"repo:octo-org/site:ref:refs/heads/main"}}}}""");
        var token = server.Server.Tokens.Tokens.Issue(new Keyless.Language.Oidc.JobFacts { Repository = "octo-org/site" }, "sts.amazonaws.com").Token!;
        var exchanged = await server.Root.Sts("AssumeRoleWithWebIdentity", "RoleArn", "arn:aws:iam::123456789012:role/deploy", "RoleSessionName", "session", "WebIdentityToken", token);
        Assert.True(exchanged.Code == 200, exchanged.Body);
    }

    private static Task<Keyless.Tests.Answer> Put(TestServer server, string target, string body) => Send(server, HttpMethod.Put, target, body);

    private static Task<Keyless.Tests.Answer> Delete(TestServer server, string target) => Send(server, HttpMethod.Delete, target, "");

    private static async Task<Keyless.Tests.Answer> Send(TestServer server, HttpMethod method, string target, string body)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(method, new Uri(server.Server.BaseAddress, target)) { Content = new ByteArrayContent(bytes) };
        server.Root.Sign(request, "s3", bytes);
        return await server.Root.Send(request);
    }
}
