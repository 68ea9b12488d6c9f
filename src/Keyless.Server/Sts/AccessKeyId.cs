namespace Keyless.Server.Sts;

/// <summary>
/// Access key ids: a prefix of four letters and 16 characters of base-32 that begin with the account. IAM User Guide, "IAM
/// identifiers", Unique identifiers; the account's place in it is observed, not documented.
/// </summary>
public static class AccessKeyId
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int AccountBits = 40;

    /// <summary>A new id of 80 bits: a one, 40 bits of account, 39 random ones.</summary>
    /// <param name="prefix"><c>AKIA</c> for a user's key, <c>ASIA</c> for temporary credentials.</param>
    public static string New(string prefix, string account)
    {
        Span<byte> random = stackalloc byte[8];
        Secrets.RandomBytes.Fill(random);
        var low = BitConverter.ToUInt64(random) & ((1UL << 39) - 1);
        var bits = (UInt128.One << 79) | ((UInt128)ulong.Parse(account) << 39) | low;
        return string.Create(prefix.Length + 16, (prefix, bits), static (text, state) =>
        {
            state.prefix.CopyTo(text);
            var rest = state.bits;
            for (var i = text.Length - 1; i >= state.prefix.Length; i--)
            {
                text[i] = Alphabet[(int)(rest & 31)];
                rest >>= 5;
            }
        });
    }

    /// <summary>The account in an id, or null when it holds none.</summary>
    public static string? AccountOf(string id)
    {
        if (id.Length < 20)
        {
            return null;
        }

        ulong bits = 0;
        foreach (var c in id.AsSpan(4, 9))
        {
            var value = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (value < 0)
            {
                return null;
            }

            bits = (bits << 5) | (uint)value;
        }

        // 45 bits: the leading one, the account, and 4 random ones.
        var account = (bits >> 4) & ((1UL << AccountBits) - 1);
        return bits >> 44 == 1 && account < 1_000_000_000_000 ? account.ToString("D12") : null;
    }
}
