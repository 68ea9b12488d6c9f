using System.IO.Hashing;
using System.Security.Cryptography;

namespace Keyless.Server.S3.Checksums;

/// <summary>One running checksum, cryptographic or not, in the byte order that S3 writes.</summary>
internal abstract class Digest : IDisposable
{
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The checksum of all that was appended; nothing may be appended afterwards.</summary>
    public abstract byte[] Finish();

    public virtual void Dispose()
    {
    }

    public static Digest Of(HashAlgorithmName name) => new Cryptographic(IncrementalHash.CreateHash(name));

    /// <param name="littleEndian">Whether the algorithm writes its result the other way round.</param>
    public static Digest Of(NonCryptographicHashAlgorithm algorithm, bool littleEndian = false) => new Plain(algorithm, littleEndian);

    private sealed class Cryptographic(IncrementalHash hash) : Digest
    {
        public override void Append(ReadOnlySpan<byte> bytes) => hash.AppendData(bytes);

        public override byte[] Finish() => hash.GetHashAndReset();

        public override void Dispose()
        {
            hash.Dispose();
            base.Dispose();
        }
    }

    private sealed class Plain(NonCryptographicHashAlgorithm algorithm, bool littleEndian) : Digest
    {
        public override void Append(ReadOnlySpan<byte> bytes) => algorithm.Append(bytes);

        public override byte[] Finish()
        {
            var result = algorithm.GetCurrentHash();
            if (littleEndian)
            {
                Array.Reverse(result);
            }

            return result;
        }
    }
}
