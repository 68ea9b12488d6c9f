using System.Security.Cryptography;
using System.Text;

namespace Keyless.Server.Secrets;

/// <summary>
/// The one secret of an installation, from which all others that can be derived are: keys of session tokens, of encrypted
/// rows, of encoded messages. 32 random bytes in a file of mode 0600; nodes of one installation share it.
/// </summary>
public sealed class MasterKey
{
    private const string FileName = "master.key";
    private const int Length = 32;

    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>A key for this process alone: tests, and a server without a data folder.</summary>
    public static MasterKey Ephemeral() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>The key of a data folder; the first call makes it.</summary>
    public static MasterKey OfFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            Create(path);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == Length
            ? new MasterKey(key)
            : throw new InvalidDataException($"`{path}` must hold {Length} bytes and has {key.Length}: restore it from a backup, or remove the data folder to start anew");
    }

    /// <summary>A key for one purpose. HKDF, RFC 5869.</summary>
    public byte[] Derive(string purpose, int length = 32) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, length, info: Encoding.UTF8.GetBytes("keyless " + purpose));

    /// <summary>Encrypts a secret to be stored: nonce, ciphertext, tag.</summary>
    public byte[] Protect(string purpose, ReadOnlySpan<byte> secret)
    {
        var sealedBytes = new byte[12 + secret.Length + 16];
        var nonce = sealedBytes.AsSpan(0, 12);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(Derive(purpose), 16);
        aes.Encrypt(nonce, secret, sealedBytes.AsSpan(12, secret.Length), sealedBytes.AsSpan(12 + secret.Length));
        return sealedBytes;
    }

    /// <summary>The secret, or null when it was sealed under another key or changed since.</summary>
    public byte[]? Unprotect(string purpose, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < 28)
        {
            return null;
        }

        var secret = new byte[sealedBytes.Length - 28];
        using var aes = new AesGcm(Derive(purpose), 16);
        try
        {
            aes.Decrypt(sealedBytes[..12], sealedBytes[12..^16], sealedBytes[^16..], secret);
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    public override string ToString() => "***";

    /// <summary>Written aside and linked into place, so that of two processes that start at once both use one key.</summary>
    private static void Create(string path)
    {
        var aside = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(aside, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(Length));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(aside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(aside);
        }
    }
}
