using System.Security.Cryptography;
using System.Text;

namespace Keyless.Server.Storage;

/// <summary>
/// The data folder's root secret, in a file of mode 0600. Every key that seals something is derived from it by purpose, HKDF of
/// RFC 5869; rows with secrets are encrypted under it, AES-256-GCM.
/// </summary>
public sealed class MasterKey
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>Opens the key of a data folder, made at first use.</summary>
    public static MasterKey Open(string dataFolder)
    {
        var path = Path.Combine(dataFolder, "master.key");
        if (!File.Exists(path))
        {
            PrivateFile.Create(path, RandomNumberGenerator.GetBytes(32));
        }

        var key = File.ReadAllBytes(path);
        return key.Length == 32
            ? new MasterKey(key)
            : throw new InvalidDataException($"`{path}` must hold 32 bytes, it has {key.Length}: restore it from a backup");
    }

    /// <summary>A key for one purpose; the same purpose gives the same key on every node of the data folder.</summary>
    public byte[] Derive(string purpose, int length = 32) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, length, salt: null, Encoding.UTF8.GetBytes("keyless " + purpose));

    /// <summary>Nonce, ciphertext and tag. The context, such as the row's key, must be the same when opened.</summary>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> plain, string context)
    {
        var output = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(output.AsSpan(0, NonceSize));
        using var aes = new AesGcm(Derive(purpose), TagSize);
        aes.Encrypt(
            output.AsSpan(0, NonceSize), plain, output.AsSpan(NonceSize, plain.Length), output.AsSpan(NonceSize + plain.Length),
            Encoding.UTF8.GetBytes(context));
        return output;
    }

    /// <summary>What was sealed; null when it was sealed under another key, purpose or context, or changed.</summary>
    public byte[]? Unseal(string purpose, ReadOnlySpan<byte> sealedBytes, string context)
    {
        if (sealedBytes.Length < NonceSize + TagSize)
        {
            return null;
        }

        var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(Derive(purpose), TagSize);
        try
        {
            aes.Decrypt(
                sealedBytes[..NonceSize], sealedBytes[NonceSize..^TagSize], sealedBytes[^TagSize..], plain, Encoding.UTF8.GetBytes(context));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
