using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// Judges the certificates that one fetch meets: the system's trust store first, the extra authorities second. A chain that ends in an
/// unknown root is let through but noted, for the provider's thumbprints to decide; a wrong name or an expired certificate is not.
/// IAM User Guide, "Obtain the thumbprint for an OpenID Connect identity provider".
/// </summary>
/// <remarks>One for each fetch, whose connections no other uses: what is noted here is about the keys of that fetch and no others.</remarks>
internal sealed class IssuerTls(X509Certificate2Collection extraTrust)
{
    private const X509ChainStatusFlags OnlyUnknown = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain
        | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    /// <summary>SHA-1 thumbprints of the top certificates whose authority is unknown; lower-case hex.</summary>
    public List<string> Untrusted { get; } = [];

    /// <summary>Why the last certificate was refused; null when none was.</summary>
    public string? Fault { get; private set; }

    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Fault = null;
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (certificate is null || chain is null)
        {
            return Refuse("presents no certificate");
        }

        using var presented = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return Refuse($"presents a certificate for {NamesOf(presented)}, not for `{(sender as SslStream)?.TargetHostName}`");
        }

        if (IsOfExtraAuthority(presented, chain))
        {
            return true;
        }

        foreach (var status in chain.ChainStatus)
        {
            if ((status.Status & ~OnlyUnknown) != X509ChainStatusFlags.NoError)
            {
                return Refuse(status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)
                    ? $"presents a certificate that is valid from {Day(presented.NotBefore)} to {Day(presented.NotAfter)}, not now"
                    : $"presents a certificate that is not valid: {status.StatusInformation.Trim()}");
            }
        }

        var thumbprint = ThumbprintOf(chain.ChainElements.Count > 0 ? chain.ChainElements[^1].Certificate : presented);
        if (!Untrusted.Contains(thumbprint))
        {
            Untrusted.Add(thumbprint);
        }

        return true;
    }

    public static string ThumbprintOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA1).ToLowerInvariant();

    private bool IsOfExtraAuthority(X509Certificate2 presented, X509Chain chain)
    {
        if (extraTrust.Count == 0)
        {
            return false;
        }

        using var extra = new X509Chain();
        extra.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        extra.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        extra.ChainPolicy.CustomTrustStore.AddRange(extraTrust);
        extra.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
        return extra.Build(presented);
    }

    private bool Refuse(string fault)
    {
        Fault = fault;
        return false;
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Take(3).Select(name => $"`{TokenClaims.Clip(name)}`").ToList();
        return names.Count == 0 ? $"`{TokenClaims.Clip(certificate.GetNameInfo(X509NameType.DnsName, forIssuer: false))}`" : string.Join(", ", names);
    }

    private static string Day(DateTime local) => local.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
