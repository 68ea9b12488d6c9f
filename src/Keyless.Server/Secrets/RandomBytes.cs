using System.Security.Cryptography;

namespace Keyless.Server.Secrets;

/// <summary>
/// Bytes of the system's generator, asked for many at a time: a request needs a few for its id, its key id and its nonce, and each call of
/// the generator costs more than they do. Bytes that were given are gone from here.
/// </summary>
internal static class RandomBytes
{
    private const int Stock = 512;

    [ThreadStatic]
    private static byte[]? t_stock;

    [ThreadStatic]
    private static int t_left;

    /// <summary>Fills at most 64 bytes.</summary>
    public static void Fill(Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, 64);
        var stock = t_stock ??= new byte[Stock];
        if (t_left < bytes.Length)
        {
            RandomNumberGenerator.Fill(stock);
            t_left = Stock;
        }

        t_left -= bytes.Length;
        var given = stock.AsSpan(t_left, bytes.Length);
        given.CopyTo(bytes);
        given.Clear();
    }
}
