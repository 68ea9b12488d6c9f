using Keyless.Language.Oidc;
using Keyless.Server.Storage;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// Verifies a token's signature with a key that its issuer publishes, and with nothing else: not with a key in the token, not with
/// one at an address in it. RFC 8725 section 3.
/// </summary>
public sealed class TokenVerifier(IssuerKeys issuers)
{
    /// <summary>Null when the signature is the issuer's.</summary>
    public ValueTask<Refusal?> Verify(Jwt token, OidcProvider provider)
    {
        // The path of nearly every request: keys at hand, the key among them.
        return issuers.AtHand(provider.Issuer) is { Keys: { } keys } known && keys.Keys.Find(token.RecentKeyId()) is { } key
            ? new(Judge(token, provider, known, key))
            : VerifySlowly(token, provider);
    }

    // The issuer may have published the key since it was last asked.
    private async ValueTask<Refusal?> VerifySlowly(Jwt token, OidcProvider provider)
    {
        var known = await issuers.Find(provider.Issuer, token.KeyId);
        return Judge(token, provider, known, known.Keys?.Keys.Find(token.KeyId));
    }

    private static Refusal? Judge(Jwt token, OidcProvider provider, KnownKeys known, VerificationKey? found)
    {
        if (known.Keys is not { } fetched)
        {
            return new Refusal("key", WireErrors.NoVerificationKey, $"the keys of issuer `{provider.Issuer}` cannot be fetched: {known.Fault}", "make the issuer's discovery document and keys reachable from this server")
            {
                Place = provider.Issuer + "/.well-known/openid-configuration",
            };
        }

        foreach (var thumbprint in fetched.Untrusted)
        {
            if (!provider.Thumbprints.Contains(thumbprint))
            {
                return new Refusal("thumbprint", WireErrors.ThumbprintDiffers, $"the certificate of issuer `{provider.Issuer}` is signed by no authority this server trusts, and the provider's thumbprints do not include it", $"trust its authority with `--trust-ca`, or run `aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn {provider.Arn} --thumbprint-list {thumbprint}`")
                {
                    Place = provider.Arn,
                    Wanted = provider.Thumbprints.IsEmpty ? "no thumbprint is registered" : string.Join(", ", provider.Thumbprints),
                    Got = thumbprint,
                };
            }
        }

        if (found is not { } key)
        {
            return UnknownKey(token, provider, fetched.Keys, known.Fault);
        }

        if (key.NotForVerifying is { } reason)
        {
            return new Refusal("key", WireErrors.NotValidated, $"key `{token.KeyId}` of issuer `{provider.Issuer}` {reason}", "have the issuer publish it with `use` = `sig` and without `key_ops`");
        }

        return key.Verifies(token.Algorithm, token.SigningInput, token.Signature)
            ? null
            : new Refusal("signature", WireErrors.NotValidated, $"the token's signature is not that of key `{token.KeyId ?? "(the only one)"}` of issuer `{provider.Issuer}`: the token was changed, or another key signed it", "ask the issuer for a new token and send it unchanged")
            {
                Wanted = $"{key.Kind}, published by the issuer",
                Got = $"a signature of {token.Signature.Length} bytes by {token.Algorithm}",
            };
    }

    private static Refusal UnknownKey(Jwt token, OidcProvider provider, KeySet keys, string? fault)
    {
        var published = keys.Count == 0 ? "no key that can be used" : string.Join(", ", keys.KeyIds.Take(6).Select(id => $"`{TokenClaims.Clip(id)}`")) + (keys.Count > 6 ? $" and {keys.Count - 6} more" : "");
        var unusable = keys.Unusable.Count == 0 ? "" : $"; not usable: {string.Join("; ", keys.Unusable.Take(3))}";
        var stale = fault is null ? "" : $"; asking again failed: {fault}";
        return token.KeyId is { } id
            ? new Refusal("key", WireErrors.NoVerificationKey, $"issuer `{provider.Issuer}` publishes no key `{TokenClaims.Clip(id)}`, which signed the token{unusable}{stale}", "ask the issuer for a new token; if it has just rotated its keys, it must publish the new one first")
            {
                Place = "kid",
                Got = TokenClaims.Clip(id),
                Wanted = published,
            }
            : new Refusal("key", WireErrors.NoVerificationKey, $"the token's header has no `kid`, and issuer `{provider.Issuer}` publishes {keys.Count} keys, not exactly one{unusable}", "have the issuer write `kid` into the header")
            {
                Place = "kid",
                Wanted = published,
            };
    }
}
