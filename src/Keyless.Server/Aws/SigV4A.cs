using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Keyless.Server.Aws;

/// <summary>
/// The asymmetric half of Signature Version 4A: a key pair on P-256 that both sides derive from the secret, good for every region.
/// IAM User Guide, "AWS Signature Version 4 for API requests", How AWS SigV4a works; the derivation is the counter mode of
/// NIST SP 800-108 section 4.1 with HMAC-SHA256.
/// </summary>
internal sealed class SigV4A
{
    public const string Algorithm = "AWS4-ECDSA-P256-SHA256";

    private const int MaxCachedKeys = 1024;

    // n - 2 of P-256, SEC 2 section 2.4.2.
    private static readonly byte[] LargestCandidate = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f");

    // Deriving a key costs a multiplication on the curve.
    private readonly ConcurrentDictionary<(string Secret, string AccessKeyId), ECDsa> _keys = new();

    /// <summary>Whether the signature, hex of DER, is the key's over the text.</summary>
    public bool Matches(string accessKeyId, Secret secret, string stringToSign, string signature)
    {
        // A DER signature of P-256 has 8 to 72 bytes.
        Span<byte> der = stackalloc byte[72];
        return signature.Length is >= 16 and <= 144
            && signature.AsSpan().IndexOfAnyInRange('A', 'F') < 0
            && Convert.FromHexString(signature, der, out _, out var written) == System.Buffers.OperationStatus.Done
            && KeyOf(accessKeyId, secret).VerifyData(Encoding.UTF8.GetBytes(stringToSign), der[..written], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>The private key of an access key. The caller disposes of it.</summary>
    public static ECDsa Derive(string accessKeyId, Secret secret)
    {
        var key = Encoding.UTF8.GetBytes("AWS4A" + secret.Value);
        var label = Encoding.UTF8.GetBytes($"{Algorithm}\0{accessKeyId}");
        var input = new byte[4 + label.Length + 1 + 4];
        BinaryPrimitives.WriteInt32BigEndian(input, 1);
        label.CopyTo(input, 4);
        BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(input.Length - 4), 256);
        for (byte counter = 1; counter < 255; counter++)
        {
            input[^5] = counter;
            var candidate = HMACSHA256.HashData(key, input);
            if (candidate.AsSpan().SequenceCompareTo(LargestCandidate) <= 0)
            {
                AddOne(candidate);
                return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = candidate });
            }
        }

        throw new CryptographicException("no key in 254 attempts, which happens once in 2^8000");
    }

    private ECDsa KeyOf(string accessKeyId, Secret secret)
    {
        if (_keys.TryGetValue((secret.Value, accessKeyId), out var known))
        {
            return known;
        }

        if (_keys.Count >= MaxCachedKeys)
        {
            // Others may be verifying with them: the finaliser closes them.
            _keys.Clear();
        }

        return _keys.GetOrAdd((secret.Value, accessKeyId), static id => Derive(id.AccessKeyId, new Secret(id.Secret)));
    }

    private static void AddOne(byte[] number)
    {
        for (var i = number.Length - 1; i >= 0 && ++number[i] == 0; i--)
        {
            // carried on
        }
    }
}
