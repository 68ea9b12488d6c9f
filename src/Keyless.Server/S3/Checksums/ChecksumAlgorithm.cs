using System.Collections.Immutable;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Keyless.Server.S3.Checksums;

/// <summary>What a multipart object's checksum covers: the digests of its parts, or its whole content.</summary>
public enum ChecksumType
{
    Composite,
    FullObject,
}

/// <summary>One checksum algorithm of S3. API Reference, <c>ChecksumAlgorithm</c>; User Guide, "Checking object integrity".</summary>
public sealed class ChecksumAlgorithm
{
    private readonly Func<Digest> _start;

    private ChecksumAlgorithm(string name, int size, Func<Digest> start, CrcCombination? combination, bool composite)
    {
        (Name, Size, _start, Combination, AllowsComposite) = (name, size, start, combination, composite);
        Header = "x-amz-checksum-" + name.ToLowerInvariant();
        Element = "Checksum" + name;
    }

    public static readonly ChecksumAlgorithm Crc32 = new("CRC32", 4, () => Digest.Of(new Crc32(), littleEndian: true), CrcCombination.Crc32, composite: true);
    public static readonly ChecksumAlgorithm Crc32C = new("CRC32C", 4, () => Digest.Of(new Crc32C()), CrcCombination.Crc32C, composite: true);
    public static readonly ChecksumAlgorithm Crc64Nvme = new("CRC64NVME", 8, () => Digest.Of(new Crc64Nvme()), CrcCombination.Crc64Nvme, composite: false);
    public static readonly ChecksumAlgorithm Sha1 = new("SHA1", 20, () => Digest.Of(HashAlgorithmName.SHA1), null, composite: true);
    public static readonly ChecksumAlgorithm Sha256 = new("SHA256", 32, () => Digest.Of(HashAlgorithmName.SHA256), null, composite: true);
    public static readonly ChecksumAlgorithm Sha512 = new("SHA512", 64, () => Digest.Of(HashAlgorithmName.SHA512), null, composite: true);
    public static readonly ChecksumAlgorithm Md5 = new("MD5", 16, () => Digest.Of(HashAlgorithmName.MD5), null, composite: true);
    public static readonly ChecksumAlgorithm XxHash64 = new("XXHASH64", 8, () => Digest.Of(new XxHash64()), null, composite: true);
    public static readonly ChecksumAlgorithm XxHash3 = new("XXHASH3", 8, () => Digest.Of(new XxHash3()), null, composite: true);
    public static readonly ChecksumAlgorithm XxHash128 = new("XXHASH128", 16, () => Digest.Of(new XxHash128()), null, composite: true);

    public static readonly ImmutableArray<ChecksumAlgorithm> All =
        [Crc32, Crc32C, Crc64Nvme, Sha1, Sha256, Sha512, Md5, XxHash64, XxHash3, XxHash128];

    /// <summary>As <c>x-amz-checksum-algorithm</c> and listings spell it.</summary>
    public string Name { get; }

    /// <summary>The request and answer header that carries a value.</summary>
    public string Header { get; }

    /// <summary>The XML element that carries a value.</summary>
    public string Element { get; }

    /// <summary>Bytes of a value.</summary>
    public int Size { get; }

    /// <summary>Whether a multipart object may have the checksum of its parts' checksums.</summary>
    public bool AllowsComposite { get; }

    /// <summary>Whether a multipart object may have a checksum of its whole content: only CRCs combine.</summary>
    public bool AllowsFullObject => Combination is not null;

    /// <summary>What a multipart upload gets that names the algorithm but no type.</summary>
    public ChecksumType DefaultType => AllowsComposite ? ChecksumType.Composite : ChecksumType.FullObject;

    internal CrcCombination? Combination { get; }

    internal Digest Start() => _start();

    public static ChecksumAlgorithm? ByName(string name)
    {
        foreach (var algorithm in All)
        {
            if (string.Equals(algorithm.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return algorithm;
            }
        }

        return null;
    }

    /// <summary>The value's bytes, or null when it is not base64 of the algorithm's size.</summary>
    public byte[]? Parse(string value)
    {
        var bytes = new byte[Size];
        return Convert.TryFromBase64String(value, bytes, out var length) && length == Size ? bytes : null;
    }

    public override string ToString() => Name;
}

/// <summary>A stored checksum.</summary>
/// <param name="Value">Base64, for a composite with <c>-PARTS</c> behind it.</param>
public sealed record Checksum(ChecksumAlgorithm Algorithm, ChecksumType Type, string Value)
{
    public string TypeName => NameOf(Type);

    public static string NameOf(ChecksumType type) => type == ChecksumType.Composite ? "COMPOSITE" : "FULL_OBJECT";

    public static ChecksumType? TypeByName(string name) => name switch
    {
        "COMPOSITE" => ChecksumType.Composite,
        "FULL_OBJECT" => ChecksumType.FullObject,
        _ => null,
    };
}
