using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keyless.Server.S3.Checksums;

/// <summary>
/// CRC-64/NVME: polynomial 0xAD93D23594C93659, reflected, all ones in and out. S3 User Guide, "Checking object integrity". The bytes of
/// the result are big-endian, as S3 writes them.
/// </summary>
internal sealed class Crc64Nvme() : NonCryptographicHashAlgorithm(8)
{
    /// <summary>The polynomial with its bits reversed.</summary>
    internal const ulong Polynomial = 0x9A6C9329AC4BC9B5;

    private static readonly ulong[] Table = MakeTable();

    // Folding a 128-bit lane forward by D bits multiplies its first half by x^(D+63) and its second by x^(D-1); the lane's product is
    // one bit short, hence the odd exponents.
    private static readonly Vector128<ulong> Fold512 = Vector128.Create(PowerOfX(512 + 63), PowerOfX(512 - 1));
    private static readonly Vector128<ulong> Fold128 = Vector128.Create(PowerOfX(128 + 63), PowerOfX(128 - 1));

    private ulong _state = ulong.MaxValue;

    public override void Append(ReadOnlySpan<byte> source) => _state = Update(_state, source);

    public override void Reset() => _state = ulong.MaxValue;

    protected override void GetCurrentHashCore(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, ~_state);

    private static ulong Update(ulong state, ReadOnlySpan<byte> source) =>
        Pclmulqdq.IsSupported && source.Length >= 128 ? Folded(state, source) : ByTable(state, source);

    /// <summary>The portable way, and the end of the folded one.</summary>
    internal static ulong ByTable(ulong state, ReadOnlySpan<byte> source)
    {
        var table = Table;
        while (source.Length >= 8)
        {
            var word = state ^ BinaryPrimitives.ReadUInt64LittleEndian(source);
            state = table[(7 * 256) + (byte)word]
                ^ table[(6 * 256) + (byte)(word >> 8)]
                ^ table[(5 * 256) + (byte)(word >> 16)]
                ^ table[(4 * 256) + (byte)(word >> 24)]
                ^ table[(3 * 256) + (byte)(word >> 32)]
                ^ table[(2 * 256) + (byte)(word >> 40)]
                ^ table[(1 * 256) + (byte)(word >> 48)]
                ^ table[(byte)(word >> 56)];
            source = source[8..];
        }

        foreach (var b in source)
        {
            state = table[(byte)(state ^ b)] ^ (state >> 8);
        }

        return state;
    }

    /// <summary>Four lanes of carry-less multiplication, folded into one, whose 16 bytes the table finishes.</summary>
    private static ulong Folded(ulong state, ReadOnlySpan<byte> source)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(source);
        var a = blocks[0] ^ Vector128.Create(state, 0UL);
        var (b, c, d) = (blocks[1], blocks[2], blocks[3]);
        var at = 4;
        for (; at + 4 <= blocks.Length; at += 4)
        {
            a = Fold(a, Fold512) ^ blocks[at];
            b = Fold(b, Fold512) ^ blocks[at + 1];
            c = Fold(c, Fold512) ^ blocks[at + 2];
            d = Fold(d, Fold512) ^ blocks[at + 3];
        }

        var lane = Fold(Fold(Fold(a, Fold128) ^ b, Fold128) ^ c, Fold128) ^ d;
        for (; at < blocks.Length; at++)
        {
            lane = Fold(lane, Fold128) ^ blocks[at];
        }

        Span<byte> last = stackalloc byte[16];
        lane.AsByte().CopyTo(last);
        return ByTable(ByTable(0, last), source[(blocks.Length * 16)..]);
    }

    private static Vector128<ulong> Fold(Vector128<ulong> lane, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(lane, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(lane, by, 0x11);

    /// <summary>x^n modulo the polynomial, reflected: the highest bit is x^0.</summary>
    private static ulong PowerOfX(int n)
    {
        var power = 1UL << 63;
        for (var i = 0; i < n; i++)
        {
            power = (power & 1) == 0 ? power >> 1 : (power >> 1) ^ Polynomial;
        }

        return power;
    }

    private static ulong[] MakeTable()
    {
        var table = new ulong[8 * 256];
        for (var i = 0; i < 256; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
            }

            table[i] = value;
        }

        for (var i = 256; i < table.Length; i++)
        {
            table[i] = table[(byte)table[i - 256]] ^ (table[i - 256] >> 8);
        }

        return table;
    }
}
