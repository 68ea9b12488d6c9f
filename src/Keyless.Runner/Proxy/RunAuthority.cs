using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Keyless.Runner.Proxy;

/// <summary>
/// A certificate authority made for one run: its key never leaves the process and dies with it. Steps that are told to trust it accept
/// the proxy as an AWS host, nobody else does.
/// </summary>
public sealed class RunAuthority : IDisposable
{
    private static readonly string[] SystemBundles =
    [
        "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Alpine
        "/etc/pki/tls/certs/ca-bundle.crt", // Fedora, RHEL
        "/etc/ssl/ca-bundle.pem", // SUSE
        "/etc/ssl/cert.pem", // macOS
    ];

    private readonly ConcurrentDictionary<string, X509Certificate2> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly X509Certificate2 _authority;
    private readonly DateTimeOffset _from;

    public RunAuthority(TimeProvider time)
    {
        _from = time.GetUtcNow().AddHours(-1);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Keyless run", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(_from, _from.AddDays(7));
    }

    /// <summary>The authority's certificate, for clients that add it to what they trust.</summary>
    public string CertificatePem => _authority.ExportCertificatePem() + "\n";

    /// <summary>The system's bundle with ours behind it, for clients that trust one file only; null when the system has none we know.</summary>
    public string? BundlePem() =>
        SystemBundles.FirstOrDefault(File.Exists) is { } path ? File.ReadAllText(path).TrimEnd() + "\n" + CertificatePem : null;

    /// <summary>A certificate for one host name.</summary>
    public X509Certificate2 For(string host) => _hosts.GetOrAdd(host, Issue);

    public void Dispose()
    {
        _authority.Dispose();
        foreach (var certificate in _hosts.Values)
        {
            certificate.Dispose();
        }
    }

    private X509Certificate2 Issue(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={(host.Length <= 64 ? host : "aws")}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        using var certificate = request.Create(_authority, _from, _from.AddDays(6), serial);
        return certificate.CopyWithPrivateKey(key);
    }
}
