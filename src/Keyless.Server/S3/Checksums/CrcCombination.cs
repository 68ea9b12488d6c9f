using System.Buffers.Binary;

namespace Keyless.Server.S3.Checksums;

/// <summary>
/// The CRC of a whole from the CRCs of its parts: <c>crc(AB) = crc(A) * x^(8|B|) + crc(B)</c> over GF(2). It gives a multipart upload
/// its FULL_OBJECT checksum without reading a byte again.
/// </summary>
/// <param name="width">32 or 64 bits.</param>
/// <param name="polynomial">Reflected, in the low bits.</param>
internal readonly struct CrcCombination(int width, ulong polynomial)
{
    public static readonly CrcCombination Crc32 = new(32, 0xEDB88320);
    public static readonly CrcCombination Crc32C = new(32, Checksums.Crc32C.Polynomial);
    public static readonly CrcCombination Crc64Nvme = new(64, Checksums.Crc64Nvme.Polynomial);

    /// <summary>Both are big-endian results; so is the answer.</summary>
    public byte[] Combine(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long secondLength)
    {
        var value = Multiply(Read(first), PowerOfX(8, secondLength)) ^ Read(second);
        var result = new byte[width / 8];
        if (width == 64)
        {
            BinaryPrimitives.WriteUInt64BigEndian(result, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(result, (uint)value);
        }

        return result;
    }

    private ulong Read(ReadOnlySpan<byte> bytes) =>
        width == 64 ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    /// <summary>x^(<paramref name="unit"/> * <paramref name="count"/>), by squaring.</summary>
    private ulong PowerOfX(int unit, long count)
    {
        var one = 1UL << (width - 1);
        var square = one;
        for (var i = 0; i < unit; i++)
        {
            square = TimesX(square);
        }

        var power = one;
        for (; count != 0; count >>= 1)
        {
            if ((count & 1) != 0)
            {
                power = Multiply(power, square);
            }

            square = Multiply(square, square);
        }

        return power;
    }

    private ulong Multiply(ulong a, ulong b)
    {
        var product = 0UL;
        for (var bit = width - 1; bit >= 0; bit--)
        {
            if (((a >> bit) & 1) != 0)
            {
                product ^= b;
            }

            b = TimesX(b);
        }

        return product;
    }

    private ulong TimesX(ulong value) => (value & 1) == 0 ? value >> 1 : (value >> 1) ^ polynomial;
}
