using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keyless.Server.Sts.WebIdentity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>Issuers as they come: slow, huge, redirecting, lying, untrusted. A real listener on loopback plays them.</summary>
public sealed class IssuerFetchTests : IAsyncLifetime
{
    private WebApplication? _web;
    private string _base = "";
    private Func<HttpContext, Task> _serve = _ => Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _web = builder.Build();
        _web.Run(http => _serve(http));
        await _web.StartAsync();
        _base = _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync() => await _web!.DisposeAsync();

    private async Task<string?> FaultOf(Func<HttpContext, Task> serve, IssuerFetchOptions? options = null)
    {
        _serve = serve;
        var fetch = new IssuerFetch(options ?? new IssuerFetchOptions { AllowPlainLoopback = true, AllowPrivateAddresses = true, Timeout = TimeSpan.FromSeconds(1) });
        var (keys, fault) = await fetch.Fetch(_base, TestContext.Current.CancellationToken);
        Assert.NotEqual(keys is null, fault is null);
        return fault;
    }

    private Task Document(HttpContext http, string? issuer = null, string? keys = null) => http.Request.Path.Value!.EndsWith("openid-configuration", StringComparison.Ordinal)
        ? http.Response.WriteAsync($$"""{"issuer":"{{issuer ?? _base}}","jwks_uri":"{{_base}}/keys"}""")
        : http.Response.WriteAsync(keys ?? """{"keys":[]}""");

    [Fact]
    public async Task An_honest_issuers_keys_are_fetched() => Assert.Null(await FaultOf(http => Document(http)));

    [Fact]
    public async Task A_slow_issuer_is_given_up() => Assert.Contains("did not answer within 1 seconds", await FaultOf(http => Task.Delay(5000, http.RequestAborted)), StringComparison.Ordinal);

    [Fact]
    public async Task A_huge_document_is_not_read() => Assert.Contains("larger than 128 KiB", await FaultOf(http => http.Response.WriteAsync(new string(' ', 200 << 10))), StringComparison.Ordinal);

    [Fact]
    public async Task A_redirect_to_another_origin_is_not_followed() => Assert.Contains("redirects to another origin", await FaultOf(http =>
    {
        http.Response.Redirect("http://127.0.0.1:1/other");
        return Task.CompletedTask;
    }), StringComparison.Ordinal);

    [Fact]
    public async Task A_redirect_loop_ends() => Assert.Contains("redirects more than", await FaultOf(http =>
    {
        http.Response.Redirect("/again");
        return Task.CompletedTask;
    }), StringComparison.Ordinal);

    [Fact]
    public async Task A_document_of_another_issuer_is_refused() => Assert.Contains("names the issuer `https://evil.example`", await FaultOf(http => Document(http, "https://evil.example")), StringComparison.Ordinal);

    [Fact]
    public async Task No_JSON_is_refused() => Assert.Contains("is no JSON", await FaultOf(http => http.Response.WriteAsync("<html>")), StringComparison.Ordinal);

    [Fact]
    public async Task A_keyless_key_document_is_refused() => Assert.Contains("no `keys` list", await FaultOf(http => Document(http, keys: "{}")), StringComparison.Ordinal);

    [Fact]
    public async Task An_error_status_is_named() => Assert.Contains("answered 503", await FaultOf(http =>
    {
        http.Response.StatusCode = 503;
        return Task.CompletedTask;
    }), StringComparison.Ordinal);

    [Fact]
    public async Task Plain_http_is_refused_unless_allowed() =>
        Assert.Contains("is not https", await FaultOf(http => Document(http), new IssuerFetchOptions { AllowPrivateAddresses = true }), StringComparison.Ordinal);

    [Fact]
    public async Task A_private_address_is_refused_unless_allowed() =>
        Assert.Contains("private address", await FaultOf(http => Document(http), new IssuerFetchOptions { AllowPlainLoopback = true }), StringComparison.Ordinal);

    [Fact]
    public async Task A_closed_port_is_named()
    {
        var fetch = new IssuerFetch(new IssuerFetchOptions { AllowPlainLoopback = true, AllowPrivateAddresses = true });
        var (_, fault) = await fetch.Fetch("http://127.0.0.1:1", TestContext.Current.CancellationToken);
        Assert.Contains("nothing listens there", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_authority_is_reported_by_the_top_thumbprint_and_trusted_when_given()
    {
        var (ca, leaf) = Chain();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = leaf;
        })));
        await using var web = builder.Build();
        var address = "";
        web.Run(http => http.Request.Path.Value!.EndsWith("openid-configuration", StringComparison.Ordinal)
            ? http.Response.WriteAsync($$"""{"issuer":"{{address}}","jwks_uri":"{{address}}/keys"}""")
            : http.Response.WriteAsync("""{"keys":[]}"""));
        await web.StartAsync(TestContext.Current.CancellationToken);
        address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

        var wary = new IssuerFetch(new IssuerFetchOptions { AllowPrivateAddresses = true });
        var (untrusted, _) = await wary.Fetch(address, TestContext.Current.CancellationToken);
        // Kestrel leaves the root out of what it presents, so its own certificate is the top one.
        Assert.Equal([leaf.GetCertHashString(HashAlgorithmName.SHA1).ToLowerInvariant()], untrusted!.Untrusted);
        Assert.Equal(untrusted.Untrusted[0], await wary.FindThumbprint(address, TestContext.Current.CancellationToken));

        var trusting = new IssuerFetch(new IssuerFetchOptions { AllowPrivateAddresses = true, ExtraTrust = [ca] });
        var (trusted, _) = await trusting.Fetch(address, TestContext.Current.CancellationToken);
        Assert.Empty(trusted!.Untrusted);

        var (_, wrongName) = await wary.Fetch(address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains("presents a certificate for `localhost`, not for `127.0.0.1`", wrongName, StringComparison.Ordinal);
    }

    private static (X509Certificate2 Ca, X509Certificate2 Leaf) Chain()
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=test authority", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var ca = caRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(ca, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), [1, 2, 3]);
        using var withKey = leaf.CopyWithPrivateKey(key);
        return (ca, X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }
}
