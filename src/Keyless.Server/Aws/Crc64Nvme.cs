using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keyless.Server.Aws;

/// <summary>
/// CRC-64/NVME, reflected, polynomial 0xAD93D23594C93659. NVM Express NVM Command Set Specification 1.0d, section 5.2.1.3.4.
/// Where the processor multiplies without carry, 64 bytes are folded at a time; elsewhere by table.
/// </summary>
internal static class Crc64Nvme
{
    private const ulong Polynomial = 0xAD93D23594C93659;
    private const ulong Reflected = 0x9A6C9329AC4BC9B5;

    private static readonly ulong[] Table = MakeTable();

    // Folding an accumulator over n bits multiplies its halves by x^(n+63) and x^(n-1), both modulo the polynomial. One factor x is
    // missing because a carry-less product of reflected numbers is one bit short.
    private static readonly Vector128<ulong> Fold512 = Vector128.Create(PowerOfX(512 + 63), PowerOfX(512 - 1));
    private static readonly Vector128<ulong> Fold128 = Vector128.Create(PowerOfX(128 + 63), PowerOfX(128 - 1));

    /// <summary>The state after more data. States start and end inverted: all ones, and <c>~state</c> is the checksum.</summary>
    public static ulong Append(ulong state, ReadOnlySpan<byte> data)
    {
        if (Pclmulqdq.IsSupported && data.Length >= 128)
        {
            state = AppendFolding(state, ref data);
        }

        return AppendByTable(state, data);
    }

    internal static ulong AppendByTable(ulong state, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            state ^= BinaryPrimitives.ReadUInt64LittleEndian(data);
            state = Table[(7 * 256) + (byte)state]
                ^ Table[(6 * 256) + (byte)(state >> 8)]
                ^ Table[(5 * 256) + (byte)(state >> 16)]
                ^ Table[(4 * 256) + (byte)(state >> 24)]
                ^ Table[(3 * 256) + (byte)(state >> 32)]
                ^ Table[(2 * 256) + (byte)(state >> 40)]
                ^ Table[256 + (byte)(state >> 48)]
                ^ Table[(byte)(state >> 56)];
            data = data[8..];
        }

        foreach (var value in data)
        {
            state = Table[(byte)(state ^ value)] ^ (state >> 8);
        }

        return state;
    }

    private static ulong AppendFolding(ulong state, ref ReadOnlySpan<byte> data)
    {
        var a = Load(data) ^ Vector128.CreateScalar(state);
        var b = Load(data[16..]);
        var c = Load(data[32..]);
        var d = Load(data[48..]);
        data = data[64..];
        while (data.Length >= 64)
        {
            a = Fold(a, Fold512) ^ Load(data);
            b = Fold(b, Fold512) ^ Load(data[16..]);
            c = Fold(c, Fold512) ^ Load(data[32..]);
            d = Fold(d, Fold512) ^ Load(data[48..]);
            data = data[64..];
        }

        a = Fold(a, Fold128) ^ b;
        a = Fold(a, Fold128) ^ c;
        a = Fold(a, Fold128) ^ d;
        while (data.Length >= 16)
        {
            a = Fold(a, Fold128) ^ Load(data);
            data = data[16..];
        }

        // The accumulator is sixteen bytes congruent to everything before them.
        Span<byte> rest = stackalloc byte[16];
        a.AsByte().CopyTo(rest);
        return AppendByTable(0, rest);
    }

    private static Vector128<ulong> Load(ReadOnlySpan<byte> data) => Vector128.Create(data[..16]).AsUInt64();

    private static Vector128<ulong> Fold(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    /// <summary>x^n modulo the polynomial, bits reversed.</summary>
    private static ulong PowerOfX(int n)
    {
        var power = 1UL;
        for (var i = 0; i < n; i++)
        {
            power = (power << 1) ^ ((power >> 63) * Polynomial);
        }

        var reversed = 0UL;
        for (var i = 0; i < 64; i++)
        {
            reversed |= ((power >> i) & 1) << (63 - i);
        }

        return reversed;
    }

    private static ulong[] MakeTable()
    {
        var table = new ulong[8 * 256];
        for (var i = 0; i < 256; i++)
        {
            var crc = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * Reflected);
            }

            table[i] = crc;
        }

        for (var slice = 1; slice < 8; slice++)
        {
            for (var i = 0; i < 256; i++)
            {
                var before = table[((slice - 1) * 256) + i];
                table[(slice * 256) + i] = table[(byte)before] ^ (before >> 8);
            }
        }

        return table;
    }
}
