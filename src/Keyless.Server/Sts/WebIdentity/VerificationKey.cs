using System.Security.Cryptography;
using Keyless.Language.Oidc;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>A public key of an issuer, ready to verify. RFC 7518 sections 3.3 and 3.4.</summary>
public abstract class VerificationKey : IDisposable
{
    /// <summary>What messages call it: <c>RSA of 2048 bits</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Why the issuer says that it is not for verifying; null when it may be.</summary>
    public string? NotForVerifying { get; init; }

    /// <summary>Whether the signature is this key's, by an algorithm of this key's kind.</summary>
    public abstract bool Verifies(JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature);

    public abstract void Dispose();

    private protected static int Hash(JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, Span<byte> hash, out HashAlgorithmName name)
    {
        switch (algorithm)
        {
            case JwtAlgorithm.RS256 or JwtAlgorithm.ES256:
                name = HashAlgorithmName.SHA256;
                return SHA256.HashData(signed, hash);
            case JwtAlgorithm.RS384 or JwtAlgorithm.ES384:
                name = HashAlgorithmName.SHA384;
                return SHA384.HashData(signed, hash);
            default:
                name = HashAlgorithmName.SHA512;
                return SHA512.HashData(signed, hash);
        }
    }

    /// <summary>RSASSA-PKCS1-v1_5.</summary>
    public sealed class Rsa(RSA rsa) : VerificationKey
    {
        public override string Kind => $"RSA of {rsa.KeySize} bits";

        public override bool Verifies(JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
        {
            if (!algorithm.IsRsa() || signature.Length != rsa.KeySize / 8)
            {
                return false;
            }

            Span<byte> hash = stackalloc byte[64];
            var length = Hash(algorithm, signed, hash, out var name);
            try
            {
                return rsa.VerifyHash(hash[..length], signature, name, RSASignaturePadding.Pkcs1);
            }
            catch (CryptographicException)
            {
                // A modulus that is none: the key verifies nothing.
                return false;
            }
        }

        public override void Dispose() => rsa.Dispose();
    }

    /// <summary>ECDSA on the curve that belongs to the algorithm, the signature as R and S side by side.</summary>
    public sealed class Ecdsa(ECDsa ecdsa, JwtAlgorithm only) : VerificationKey
    {
        public override string Kind => $"EC P-{ecdsa.KeySize}";

        public override bool Verifies(JwtAlgorithm algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
        {
            if (algorithm != only || signature.Length != 2 * ((ecdsa.KeySize + 7) / 8))
            {
                return false;
            }

            Span<byte> hash = stackalloc byte[64];
            var length = Hash(algorithm, signed, hash, out _);
            try
            {
                return ecdsa.VerifyHash(hash[..length], signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }
            catch (CryptographicException)
            {
                return false;
            }
        }

        public override void Dispose() => ecdsa.Dispose();
    }
}
