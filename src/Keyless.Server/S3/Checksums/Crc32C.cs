using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;

namespace Keyless.Server.S3.Checksums;

/// <summary>CRC-32C (Castagnoli), RFC 3720 appendix B.4; the bytes of the result are big-endian, as S3 writes them.</summary>
internal sealed class Crc32C() : NonCryptographicHashAlgorithm(4)
{
    /// <summary>The polynomial with its bits reversed.</summary>
    internal const uint Polynomial = 0x82F63B78;

    private uint _state = uint.MaxValue;

    public override void Append(ReadOnlySpan<byte> source)
    {
        var state = _state;
        while (source.Length >= 8)
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(source));
            source = source[8..];
        }

        foreach (var b in source)
        {
            state = BitOperations.Crc32C(state, b);
        }

        _state = state;
    }

    public override void Reset() => _state = uint.MaxValue;

    protected override void GetCurrentHashCore(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, ~_state);
}
