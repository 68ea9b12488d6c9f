using Keyless.Server.Storage;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// Issuers that AWS knows in every account without a provider in IAM: trust policies name them by their domain. Their clients are not
/// registered, so it is for the trust policy to name them, which IAM demands. IAM User Guide, "OIDC federation".
/// </summary>
internal static class BuiltInIssuers
{
    /// <summary>The built-in provider of an issuer; null for any other issuer.</summary>
    public static OidcProvider? Of(string issuer, string account) => issuer is "https://accounts.google.com" or "https://cognito-identity.amazonaws.com"
        ? new OidcProvider { Account = account, Issuer = issuer, IsBuiltIn = true, CreatedAt = default }
        : null;
}
