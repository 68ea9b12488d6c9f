using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keyless.Language.Oidc;
using Keyless.Server.Sts.WebIdentity;
using Xunit;

namespace Server.Tests.Sts;

/// <summary>Which published keys count, and what is said of those that do not.</summary>
public sealed class KeySetTests
{
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly ECDsa P256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa OtherP256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly string RsaMembers = MembersOf(Rsa);
    private static readonly string P256Members = MembersOf(P256, "P-256");

    /// <summary>A key's members, and what keeps it from being used; null when it is used.</summary>
    private static readonly Dictionary<string, (string Members, string? Fault)> Keys = new()
    {
        ["RSA"] = (RsaMembers, null),
        ["RSA with alg of another kind"] = (RsaMembers + ""","alg":"ES512" """, null),
        ["RSA with its certificate"] = ($"""{RsaMembers},"x5c":["{Certificate(Rsa)}"]""", null),
        ["RSA with another's certificate"] = ($"""{RsaMembers},"x5c":["{Certificate(P256)}"]""", "contradicts the certificate in its `x5c`"),
        ["RSA with a certificate that is none"] = (RsaMembers + ""","x5c":["AAAA"]""", "is no valid public key"),
        ["RSA with x5c of null"] = (RsaMembers + ""","x5c":null,"key_ops":null""", null),
        ["RSA of 1024 bits"] = (MembersOf(RSA.Create(1024)), "has 1024 bits; 2048 to 8192 are used"),
        ["RSA with exponent 1"] = (RsaMembers.Replace("AQAB", "AQ", StringComparison.Ordinal), "has an exponent that is none"),
        ["RSA with an even exponent"] = (RsaMembers.Replace("AQAB", "Ag", StringComparison.Ordinal), "has an exponent that is none"),
        ["RSA with its certificate alone"] = ($"""
            "kty":"RSA","x5c":["{Certificate(Rsa)}"]
            """, "lacks `n` or `e`"),
        ["EC"] = (P256Members, null),
        ["EC with its certificate"] = ($"""{P256Members},"x5c":["{Certificate(P256)}"]""", null),
        ["EC with another's certificate"] = ($"""{P256Members},"x5c":["{Certificate(OtherP256)}"]""", "contradicts the certificate in its `x5c`"),
        ["EC off its curve"] = (MembersOf(P256, "P-256", offCurve: true), "is no valid public key"),
        ["EC of another curve"] = (P256Members.Replace("P-256", "secp256k1", StringComparison.Ordinal), "has a curve other than P-256, P-384 and P-521"),
        ["EC with a short coordinate"] = (P256Members.Replace("\"x\":\"", "\"x\":\"AA\",\"was\":\"", StringComparison.Ordinal), "lacks `x` or `y` of its curve's length"),
        ["octets"] = ("""
            "kty":"oct","k":"c2VjcmV0"
            """, "has the kind `oct`; RSA and EC are used"),
        ["Ed25519"] = ("""
            "kty":"OKP","crv":"Ed25519","x":"AAAA"
            """, "has the kind `OKP`; RSA and EC are used"),
    };

    public static TheoryData<string> Names => [.. Keys.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_published_key_counts_or_is_named_with_its_fault(string name)
    {
        var (members, fault) = Keys[name];
        var set = KeySet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{"kid":"k",{{members}}}]}"""), out var documentFault)!;
        Assert.Null(documentFault);
        Assert.Equal(fault is null ? [] : [$"key `k` {fault}"], set.Unusable);
        Assert.Equal(fault is null, set.Find("k") is not null);
    }

    [Theory]
    [InlineData("""{"kty":"RSA"}""", "key 1 has no `kid`")]
    [InlineData("""{"kty":"RSA","kid":""}""", "key `` has no `kid`")]
    [InlineData("""{"kty":"RSA","kid":7}""", "key 1 has no `kid`")]
    [InlineData("""7""", "key 1 has no `kid`")]
    public void A_key_without_an_id_is_never_found(string jwk, string unusable)
    {
        var set = KeySet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{{jwk}}]}"""), out _)!;
        Assert.Equal([unusable], set.Unusable);
        Assert.Null(set.Find(null));
        Assert.Null(set.Find(""));
    }

    [Theory]
    [InlineData(JwtAlgorithm.ES256)]
    [InlineData(JwtAlgorithm.ES384)]
    [InlineData(JwtAlgorithm.ES512)]
    public void An_ECDSA_signature_has_one_form(JwtAlgorithm algorithm)
    {
        var (curve, hash, name) = algorithm switch
        {
            JwtAlgorithm.ES256 => (ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256, "P-256"),
            JwtAlgorithm.ES384 => (ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384, "P-384"),
            _ => (ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512, "P-521"),
        };
        using var signer = ECDsa.Create(curve);
        var key = KeySet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{"kid":"k",{{MembersOf(signer, name)}}}]}"""), out _)!.Find("k")!;
        var raw = signer.SignData("signed"u8, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        Assert.True(key.Verifies(algorithm, "signed"u8, raw));
        Assert.False(key.Verifies(algorithm, "singed"u8, raw));

        // RFC 7518 section 3.4: R and S side by side. DER, a byte more or less, and another curve's algorithm are no signature.
        Assert.False(key.Verifies(algorithm, "signed"u8, signer.SignData("signed"u8, hash, DSASignatureFormat.Rfc3279DerSequence)));
        Assert.False(key.Verifies(algorithm, "signed"u8, [0, .. raw]));
        Assert.False(key.Verifies(algorithm, "signed"u8, raw.AsSpan(0, raw.Length - 1)));
        Assert.False(key.Verifies(algorithm, "signed"u8, new byte[raw.Length]));
        Assert.False(key.Verifies(algorithm, "signed"u8, []));
        foreach (var other in Enum.GetValues<JwtAlgorithm>().Where(other => other != algorithm))
        {
            Assert.False(key.Verifies(other, "signed"u8, raw));
        }
    }

    [Fact]
    public void An_RSA_signature_has_the_length_of_its_key()
    {
        var key = KeySet.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{"kid":"k",{{RsaMembers}}}]}"""), out _)!.Find("k")!;
        var signature = Rsa.SignData("signed"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.True(key.Verifies(JwtAlgorithm.RS256, "signed"u8, signature));
        Assert.False(key.Verifies(JwtAlgorithm.RS384, "signed"u8, signature));
        Assert.False(key.Verifies(JwtAlgorithm.ES256, "signed"u8, signature));
        Assert.False(key.Verifies(JwtAlgorithm.RS256, "signed"u8, [0, .. signature]));
        Assert.False(key.Verifies(JwtAlgorithm.RS256, "signed"u8, signature.AsSpan(1)));
        Assert.False(key.Verifies(JwtAlgorithm.RS256, "signed"u8, Rsa.SignData("signed"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)));
    }

    private static string MembersOf(RSA rsa)
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return $"""
            "kty":"RSA","n":"{Base64UrlText.Encode(parameters.Modulus)}","e":"{Base64UrlText.Encode(parameters.Exponent)}"
            """;
    }

    private static string MembersOf(ECDsa ecdsa, string curve, bool offCurve = false)
    {
        var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        return $"""
            "kty":"EC","crv":"{curve}","x":"{Base64UrlText.Encode(point.X)}","y":"{Base64UrlText.Encode(offCurve ? point.X : point.Y)}"
            """;
    }

    private static string Certificate(RSA key) => Certificate(new CertificateRequest("CN=issuer", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    private static string Certificate(ECDsa key) => Certificate(new CertificateRequest("CN=issuer", key, HashAlgorithmName.SHA256));

    private static string Certificate(CertificateRequest request)
    {
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return Convert.ToBase64String(certificate.RawData);
    }
}
