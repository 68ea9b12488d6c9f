using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Security.Cryptography;

namespace Keyless.Server.Aws;

/// <summary>
/// A running checksum of S3's additional algorithms, by the name in <c>x-amz-checksum-NAME</c>.
/// S3 User Guide, "Checking object integrity for data uploads".
/// </summary>
public abstract class Checksum : IDisposable
{
    /// <summary><c>crc32</c>, <c>crc32c</c>, <c>crc64nvme</c>, <c>sha1</c>, <c>sha256</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The length of the value in bytes.</summary>
    public abstract int Size { get; }

    /// <summary>The names in the order in which S3 prefers them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

    /// <summary>A fresh checksum; null for another name. The case does not matter: headers have it lower, elements upper.</summary>
    public static Checksum? Create(string name) => name.ToLowerInvariant() switch
    {
        "crc32" => new OfCrc32(),
        "crc32c" => new OfCrc32C(),
        "crc64nvme" => new OfCrc64Nvme(),
        "sha1" => new OfHash("sha1", HashAlgorithmName.SHA1, 20),
        "sha256" => new OfHash("sha256", HashAlgorithmName.SHA256, 32),
        _ => null,
    };

    public abstract void Append(ReadOnlySpan<byte> data);

    /// <summary>The value as S3 writes it: base64, CRCs big-endian. Ends the checksum.</summary>
    public string Finish()
    {
        Span<byte> value = stackalloc byte[Size];
        Finish(value);
        return Convert.ToBase64String(value);
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);

    protected abstract void Finish(Span<byte> value);

    private sealed class OfCrc32 : Checksum
    {
        private readonly Crc32 _crc = new();

        public override string Name => "crc32";

        public override int Size => 4;

        public override void Append(ReadOnlySpan<byte> data) => _crc.Append(data);

        protected override void Finish(Span<byte> value) => BinaryPrimitives.WriteUInt32BigEndian(value, _crc.GetCurrentHashAsUInt32());
    }

    private sealed class OfCrc32C : Checksum
    {
        private uint _crc = uint.MaxValue;

        public override string Name => "crc32c";

        public override int Size => 4;

        public override void Append(ReadOnlySpan<byte> data)
        {
            var crc = _crc;
            while (data.Length >= 8)
            {
                crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
                data = data[8..];
            }

            foreach (var value in data)
            {
                crc = BitOperations.Crc32C(crc, value);
            }

            _crc = crc;
        }

        protected override void Finish(Span<byte> value) => BinaryPrimitives.WriteUInt32BigEndian(value, ~_crc);
    }

    private sealed class OfCrc64Nvme : Checksum
    {
        private ulong _state = ulong.MaxValue;

        public override string Name => "crc64nvme";

        public override int Size => 8;

        public override void Append(ReadOnlySpan<byte> data) => _state = Crc64Nvme.Append(_state, data);

        protected override void Finish(Span<byte> value) => BinaryPrimitives.WriteUInt64BigEndian(value, ~_state);
    }

    private sealed class OfHash(string name, HashAlgorithmName algorithm, int size) : Checksum
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);

        public override string Name => name;

        public override int Size => size;

        public override void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

        public override void Dispose()
        {
            _hash.Dispose();
            base.Dispose();
        }

        protected override void Finish(Span<byte> value) => _hash.GetCurrentHash(value);
    }
}
