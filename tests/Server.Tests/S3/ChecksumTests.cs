using System.Text;
using CsCheck;
using Keyless.Server.S3.Checksums;
using Xunit;

namespace Server.Tests.S3;

public sealed class ChecksumTests
{
    // Check values of the catalogue of parametrised CRC algorithms, and of FIPS 180-4 and RFC 1321, all of "123456789".
    [Theory]
    [InlineData("CRC32", "CBF43926")]
    [InlineData("CRC32C", "E3069283")]
    [InlineData("CRC64NVME", "AE8B14860A799888")]
    [InlineData("MD5", "25F9E794323B453885F5181F1B624D0B")]
    [InlineData("SHA1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData("SHA256", "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public void Check_values(string name, string expected) =>
        Assert.Equal(expected, Convert.ToHexString(Of(ChecksumAlgorithm.ByName(name)!, "123456789"u8)));

    [Fact]
    public void Crc64Nvme_is_the_same_by_table_and_by_folding() =>
        Gen.Byte.Array[0, 3000].Sample(bytes =>
        {
            var byTable = ~Crc64Nvme.ByTable(ulong.MaxValue, bytes);
            Assert.Equal(byTable.ToString("X16", null), Convert.ToHexString(Of(ChecksumAlgorithm.Crc64Nvme, bytes)));
        }, iter: 300);

    [Fact]
    public void The_crc_of_a_whole_follows_from_its_parts() =>
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Byte.Array[0, 2000]).Sample((first, second) =>
        {
            foreach (var algorithm in ChecksumAlgorithm.All.Where(algorithm => algorithm.AllowsFullObject))
            {
                Assert.Equal(
                    Of(algorithm, [.. first, .. second]),
                    algorithm.Combination!.Value.Combine(Of(algorithm, first), Of(algorithm, second), second.Length));
            }
        }, iter: 100);

    [Fact]
    public void Every_algorithm_is_found_by_its_name_and_reads_its_own_values()
    {
        foreach (var algorithm in ChecksumAlgorithm.All)
        {
            Assert.Same(algorithm, ChecksumAlgorithm.ByName(algorithm.Name.ToLowerInvariant()));
            var value = Of(algorithm, Encoding.UTF8.GetBytes(algorithm.Name));
            Assert.Equal(value, algorithm.Parse(Convert.ToBase64String(value)));
            Assert.Null(algorithm.Parse(Convert.ToBase64String(value[1..])));
        }
    }

    private static byte[] Of(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> bytes)
    {
        using var digest = algorithm.Start();
        digest.Append(bytes[..(bytes.Length / 3)]);
        digest.Append(bytes[(bytes.Length / 3)..]);
        return digest.Finish();
    }
}
