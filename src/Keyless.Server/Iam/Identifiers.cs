using System.Security.Cryptography;

namespace Keyless.Server.Iam;

/// <summary>Unique ids and secrets. IAM User Guide, "IAM identifiers", Unique identifiers.</summary>
public static class Identifiers
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>
    /// 21 characters: <c>AROA</c> role, <c>AIDA</c> user, <c>ANPA</c> managed policy. As key ids they carry their account, then a
    /// character more of randomness.
    /// </summary>
    public static string UniqueId(string prefix, string account) =>
        Sts.AccessKeyId.New(prefix, account) + RandomNumberGenerator.GetString(Base32, 1);

    /// <summary>Forty characters without <c>/</c> and <c>+</c>, which break shell scripts and some clients.</summary>
    public static string SecretAccessKey() => RandomNumberGenerator.GetString(Alphanumeric, 40);
}
