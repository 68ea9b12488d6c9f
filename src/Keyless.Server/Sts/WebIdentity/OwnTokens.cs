namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// Tokens of GetWebIdentityToken are for services outside: back here they would turn a session into another one, without the limits of
/// AssumeRole. IAM User Guide, "Federating AWS identities to external services": AWS refuses them within the partition. The text that it
/// answers is not published; ours is that of a token that cannot be validated.
/// </summary>
internal static class OwnTokens
{
    /// <summary>Null unless this installation's own STS is the token's issuer.</summary>
    public static Refusal? FaultOf(TokenClaims claims, OutboundFederation outbound) => !outbound.IsOurs(claims.Issuer) ? null : new Refusal(
        "issuer",
        WireErrors.NotValidated,
        $"the token is one of GetWebIdentityToken, for services outside: its issuer `{TokenClaims.Clip(claims.Issuer)}` is this server itself, whose tokens it does not take back",
        "call `AssumeRole` with the credentials that asked for the token")
    {
        Place = "iss",
        Got = TokenClaims.Clip(claims.Issuer),
        Wanted = "the issuer of another system",
    };
}
