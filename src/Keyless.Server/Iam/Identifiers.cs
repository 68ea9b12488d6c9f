using System.Security.Cryptography;

namespace Keyless.Server.Iam;

/// <summary>
/// Key ids, unique ids and secrets. A key id carries its account: of the 80 bits after the prefix the first is set, the next forty are
/// the account number, the rest is random. IAM User Guide, "IAM identifiers"; the bit layout as observed in ids of AWS.
/// </summary>
public static class Identifiers
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>A 20-character access key id: <c>AKIA</c> for long-term, <c>ASIA</c> for temporary credentials.</summary>
    public static string AccessKeyId(string prefix, string account) => prefix + WithAccount(account, 16);

    /// <summary>A 21-character unique id: <c>AROA</c> role, <c>AIDA</c> user, <c>ANPA</c> managed policy.</summary>
    public static string UniqueId(string prefix, string account) => prefix + WithAccount(account, 17);

    /// <summary>Forty characters without <c>/</c> and <c>+</c>, which break shell scripts and some clients.</summary>
    public static string SecretAccessKey() => RandomNumberGenerator.GetString(Alphanumeric, 40);

    /// <summary>The twelve digits in a key id or unique id; null when it carries none.</summary>
    public static string? AccountOf(string id)
    {
        if (id.Length is not (20 or 21))
        {
            return null;
        }

        ulong bits = 0;
        foreach (var digit in id.AsSpan(4, 9))
        {
            var value = Base32.IndexOf(digit);
            if (value < 0)
            {
                return null;
            }

            bits = (bits << 5) | (uint)value;
        }

        // 45 bits: one set, forty of the account, four random.
        var account = (bits >> 4) & ((1UL << 40) - 1);
        return (bits >> 44) == 1 && account <= 999_999_999_999 ? account.ToString("D12") : null;
    }

    private static string WithAccount(string account, int length)
    {
        var number = ulong.Parse(account);
        Span<char> text = stackalloc char[length];
        Span<byte> random = stackalloc byte[length];
        RandomNumberGenerator.Fill(random);
        var head = (1UL << 44) | (number << 4) | (uint)(random[8] & 15);
        for (var i = 0; i < length; i++)
        {
            text[i] = Base32[(int)(i < 9 ? (head >> (40 - (5 * i))) & 31 : (uint)random[i] & 31)];
        }

        return new string(text);
    }
}
