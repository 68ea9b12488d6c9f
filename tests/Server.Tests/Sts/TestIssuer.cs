using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keyless.Language.Oidc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Server.Tests.Sts;

/// <summary>A clock that runs, and can be put forward.</summary>
public sealed class MovedClock : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}

/// <summary>A foreign issuer on loopback: real HTTPS under an authority of its own, keys that rotate, and every vice on demand.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly X509Certificate2 _certificate;
    private readonly Dictionary<string, RSA> _keys = [];
    private WebApplication? _web;
    private int _port;
    private string[] _published = ["one"];

    public TestIssuer(TimeProvider clock, string host = "localhost", DateTimeOffset? validUntil = null)
    {
        _clock = clock;
        (Authority, _certificate) = Chain(host, validUntil ?? DateTimeOffset.UtcNow.AddHours(12));
        CaFile = Path.Combine(Directory.CreateTempSubdirectory("test-issuer-").FullName, "ca.pem");
        File.WriteAllText(CaFile, Authority.ExportCertificatePem());
    }

    /// <summary>The authority that signed its certificate, also in a file for <c>--trust-ca</c>.</summary>
    public X509Certificate2 Authority { get; }

    public string CaFile { get; }

    public string Url => $"https://localhost:{_port}";

    /// <summary>The SHA-1 of the certificate it presents: Kestrel leaves the root out.</summary>
    public string Thumbprint => _certificate.GetCertHashString(HashAlgorithmName.SHA1).ToLowerInvariant();

    public int DiscoveryReads => _discoveryReads;

    /// <summary>Serves instead of the honest documents; null for those.</summary>
    public Func<HttpContext, Task>? Vice { get; set; }

    private int _discoveryReads;

    public async Task Start()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen => listen.UseHttps(https => https.ServerCertificate = _certificate)));
        _web = builder.Build();
        _web.Run(Serve);
        await _web.StartAsync();
        _port = new Uri(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    /// <summary>Nothing listens any more; <see cref="Start"/> takes the same port again.</summary>
    public async Task Stop()
    {
        await _web!.StopAsync();
        await _web.DisposeAsync();
        _web = null;
    }

    public void Publish(params string[] keys) => Volatile.Write(ref _published, keys);

    public Task Discovery(HttpContext http, string? issuer = null, string? keys = null) =>
        http.Response.WriteAsync($$"""{"issuer":"{{issuer ?? Url}}","jwks_uri":"{{keys ?? Url + "/keys"}}"}""");

    public Task Keys(HttpContext http) => http.Response.WriteAsync($$"""{"keys":[{{string.Join(',', Volatile.Read(ref _published).Select(id =>
    {
        var parameters = Key(id).ExportParameters(includePrivateParameters: false);
        return $$"""{"kty":"RSA","use":"sig","kid":"{{id}}","n":"{{Base64UrlText.Encode(parameters.Modulus)}}","e":"{{Base64UrlText.Encode(parameters.Exponent)}}"}""";
    }))}}]}""");

    public static bool IsDiscovery(HttpContext http) => http.Request.Path.Value!.EndsWith("openid-configuration", StringComparison.Ordinal);

    /// <summary>A token of the key, good for two hours.</summary>
    /// <param name="keyId">What the header says, when that is another.</param>
    public string Token(string key, string? keyId = null)
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var signed = Encode($$"""{"alg":"RS256","kid":"{{keyId ?? key}}"}""") + "." + Encode(string.Create(
            CultureInfo.InvariantCulture, $$"""{"iss":"{{Url}}","aud":"app","sub":"somebody","iat":{{now}},"exp":{{now + 7200}}}"""));
        return signed + "." + Base64UrlText.Encode(Key(key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }

        Directory.Delete(Path.GetDirectoryName(CaFile)!, recursive: true);
    }

    private Task Serve(HttpContext http)
    {
        if (IsDiscovery(http))
        {
            Interlocked.Increment(ref _discoveryReads);
        }

        return Vice is { } vice ? vice(http) : IsDiscovery(http) ? Discovery(http) : Keys(http);
    }

    private RSA Key(string id)
    {
        lock (_keys)
        {
            return _keys.TryGetValue(id, out var key) ? key : _keys[id] = RSA.Create(2048);
        }
    }

    private static string Encode(string text) => Base64UrlText.Encode(Encoding.UTF8.GetBytes(text));

    private static (X509Certificate2 Authority, X509Certificate2 Leaf) Chain(string host, DateTimeOffset until)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=authority of the test issuer", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var authority = authorityRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(9));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-8), until, [1, 2, 3]);
        using var withKey = leaf.CopyWithPrivateKey(key);
        return (authority, X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }
}
