using System.Text.Json;
using Keyless.Language.Oidc;
using Keyless.Server.Aws;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>Claims as text that is made once for as long as tokens repeat it.</summary>
internal static class TokenText
{
    /// <summary>As <see cref="Jwt.Text"/>.</summary>
    public static string RecentText(this Jwt token, in JwtMember member) =>
        token.TryPlain(member, out var utf8) ? RecentTexts.Of(utf8) : token.Text(member);

    /// <summary>As <see cref="Jwt.KeyId"/>.</summary>
    public static string? RecentKeyId(this Jwt token) =>
        token.Header("kid"u8) is { Kind: JsonTokenType.String } kid ? token.RecentText(kid) : null;
}
