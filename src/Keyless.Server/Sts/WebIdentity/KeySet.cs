using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Keyless.Language.Oidc;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>An issuer's published keys by their ids, as AWS uses a JWKS. RFC 7517; the rules as recorded on AWS.</summary>
public sealed class KeySet
{
    /// <summary>More than so many keys of one kind make that kind unusable.</summary>
    private const int MostPerKind = 100;

    private const int MostKeys = 1000;
    private const int SmallestRsa = 2048;
    private const int LargestRsa = 8192;
    private const string Contradicted = "contradicts the certificate in its `x5c`";

    private readonly FrozenDictionary<string, VerificationKey> _keys;

    private KeySet(Dictionary<string, VerificationKey> keys, IReadOnlyList<string> unusable)
    {
        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
        Unusable = unusable;
    }

    public static KeySet Empty { get; } = new([], []);

    public IEnumerable<string> KeyIds => _keys.Keys;

    public int Count => _keys.Count;

    /// <summary>Why published keys cannot be used, one sentence each.</summary>
    public IReadOnlyList<string> Unusable { get; }

    /// <summary>The set of our own keys.</summary>
    public static KeySet Of(IEnumerable<KeyValuePair<string, VerificationKey>> keys) => new(keys.ToDictionary(), []);

    /// <summary>The key of an id; without an id the only key that has one.</summary>
    public VerificationKey? Find(string? keyId) =>
        keyId is not null ? _keys.GetValueOrDefault(keyId)
        : _keys.Count == 1 ? _keys.Values[0]
        : null;

    /// <summary>Reads a JWKS document; null, with the reason, when it is none.</summary>
    public static KeySet? Parse(ReadOnlyMemory<byte> json, out string? fault)
    {
        fault = null;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
        }
        catch (JsonException)
        {
            fault = "the key document is no JSON";
            return null;
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array)
            {
                fault = "the key document has no `keys` list";
                return null;
            }

            if (list.GetArrayLength() > MostKeys)
            {
                fault = $"the key document has {list.GetArrayLength()} keys, more than {MostKeys}";
                return null;
            }

            return Read(list);
        }
    }

    private static KeySet Read(JsonElement list)
    {
        var unusable = new List<string>();
        var rsaCount = 0;
        var ecCount = 0;
        foreach (var jwk in list.EnumerateArray())
        {
            rsaCount += Text(jwk, "kty") == "RSA" ? 1 : 0;
            ecCount += Text(jwk, "kty") == "EC" ? 1 : 0;
        }

        if (rsaCount > MostPerKind)
        {
            unusable.Add($"there are {rsaCount} RSA keys, and more than {MostPerKind} make all of them unusable");
        }

        if (ecCount > MostPerKind)
        {
            unusable.Add($"there are {ecCount} EC keys, and more than {MostPerKind} make all of them unusable");
        }

        var keys = new Dictionary<string, VerificationKey>(StringComparer.Ordinal);
        var index = -1;
        foreach (var jwk in list.EnumerateArray())
        {
            index++;
            if ((rsaCount > MostPerKind && Text(jwk, "kty") == "RSA") || (ecCount > MostPerKind && Text(jwk, "kty") == "EC"))
            {
                continue;
            }

            var keyId = Text(jwk, "kid");
            var name = keyId is null ? $"key {index + 1}" : $"key `{TokenClaims.Clip(keyId)}`";
            if (string.IsNullOrEmpty(keyId))
            {
                unusable.Add($"{name} has no `kid`");
            }
            else if (ReadKey(jwk, out var fault) is { } key)
            {
                // Of two with one id the later counts.
                if (keys.Remove(keyId, out var earlier))
                {
                    earlier.Dispose();
                }

                keys.Add(keyId, key);
            }
            else
            {
                unusable.Add($"{name} {fault}");
            }
        }

        return new KeySet(keys, unusable);
    }

    private static VerificationKey? ReadKey(JsonElement jwk, out string? fault)
    {
        // The issuer may say what a key is for. The key is then found and refused, which AWS answers otherwise than a key not found.
        var use = Text(jwk, "use");
        var reason = use is not (null or "sig") ? $"is published for `{TokenClaims.Clip(use)}`, not for signatures"
            : Has(jwk, "key_ops") ? "is published with `key_ops`, which AWS does not accept"
            : null;
        try
        {
            switch (Text(jwk, "kty"))
            {
                case "RSA":
                    return ReadRsa(jwk, reason, out fault);
                case "EC":
                    return ReadEc(jwk, reason, out fault);
                case var kind:
                    fault = $"has the kind `{TokenClaims.Clip(kind ?? "")}`; RSA and EC are used";
                    return null;
            }
        }
        catch (CryptographicException)
        {
            fault = "is no valid public key";
            return null;
        }
    }

    private static VerificationKey.Rsa? ReadRsa(JsonElement jwk, string? reason, out string? fault)
    {
        if (Bytes(jwk, "n") is not { } modulus || Bytes(jwk, "e") is not { } exponent)
        {
            fault = "lacks `n` or `e`";
            return null;
        }

        modulus = [.. modulus.SkipWhile(value => value == 0)];
        exponent = [.. exponent.SkipWhile(value => value == 0)];
        if (modulus.Length * 8 is < SmallestRsa or > LargestRsa)
        {
            fault = $"has {modulus.Length * 8} bits; {SmallestRsa} to {LargestRsa} are used";
            return null;
        }

        // Exponent 1 would make every text its own signature.
        if (exponent.Length is 0 or > 8 || (exponent[^1] & 1) == 0 || exponent is [1])
        {
            fault = "has an exponent that is none";
            return null;
        }

        var rsa = RSA.Create();
        rsa.ImportParameters(new RSAParameters { Modulus = modulus, Exponent = exponent });
        if (Has(jwk, "x5c") && !CertificateHolds(jwk, rsa))
        {
            rsa.Dispose();
            fault = Contradicted;
            return null;
        }

        fault = null;
        return new VerificationKey.Rsa(rsa) { NotForVerifying = reason };
    }

    private static VerificationKey.Ecdsa? ReadEc(JsonElement jwk, string? reason, out string? fault)
    {
        (ECCurve Curve, JwtAlgorithm Algorithm, int Size)? known = Text(jwk, "crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, JwtAlgorithm.ES256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, JwtAlgorithm.ES384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, JwtAlgorithm.ES512, 66),
            _ => null,
        };
        if (known is not { } curve)
        {
            fault = "has a curve other than P-256, P-384 and P-521";
            return null;
        }

        if (Bytes(jwk, "x") is not { } x || Bytes(jwk, "y") is not { } y || x.Length != curve.Size || y.Length != curve.Size)
        {
            fault = "lacks `x` or `y` of its curve's length";
            return null;
        }

        var ecdsa = ECDsa.Create(new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = x, Y = y } });
        if (Has(jwk, "x5c") && !CertificateHolds(jwk, ecdsa))
        {
            ecdsa.Dispose();
            fault = Contradicted;
            return null;
        }

        fault = null;
        return new VerificationKey.Ecdsa(ecdsa, curve.Algorithm) { NotForVerifying = reason };
    }

    /// <summary>Whether the first certificate of <c>x5c</c> is for this key. RFC 7517 section 4.7.</summary>
    private static bool CertificateHolds(JsonElement jwk, AsymmetricAlgorithm key)
    {
        var chain = jwk.GetProperty("x5c");
        if (chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() == 0 || chain[0].ValueKind != JsonValueKind.String || !chain[0].TryGetBytesFromBase64(out var der))
        {
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>Whether the member is there and says something: a null says as much as no member.</summary>
    private static bool Has(JsonElement jwk, string name) => jwk.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static string? Text(JsonElement jwk, string name) =>
        jwk.ValueKind == JsonValueKind.Object && jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement jwk, string name) => Text(jwk, name) is { } text ? Base64UrlText.Decode(text.TrimEnd('=')) : null;
}
