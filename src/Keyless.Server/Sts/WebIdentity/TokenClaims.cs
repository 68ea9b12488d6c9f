using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Keyless.Language.Oidc;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// The claims that every exchange looks at, present and within their times. Not verified: no decision may rest on them before
/// <see cref="TokenVerifier"/> has seen the signature.
/// </summary>
public sealed record TokenClaims(Jwt Token, string Issuer, string Subject, string Audience, long IssuedAt, long Expires)
{
    /// <summary>AWS's tolerance for every time in a token.</summary>
    public const int SkewSeconds = 300;

    /// <summary>The <c>aud</c>, all of it, that <c>azp</c> replaced; empty when there is no <c>azp</c>.</summary>
    public ImmutableArray<string> OriginalAudiences { get; init; } = [];

    /// <summary>Reads the required claims and checks their form and their times, in AWS's order.</summary>
    public static TokenClaims? Read(Jwt token, DateTimeOffset now, out Refusal? refusal)
    {
        refusal = null;

        // 1. The five that must be there. A null counts as absent, but for `sub`, on which AWS fails.
        var iss = token.Claim("iss"u8);
        var subject = token.Claim("sub"u8);
        var audienceClaim = token.Claim("aud"u8);
        var missing = iss is null or { Kind: JsonTokenType.Null } ? "iss"
            : subject is null ? "sub"
            : audienceClaim is null or { Kind: JsonTokenType.Null } ? "aud"
            : token.Claim("iat"u8) is null ? "iat"
            : token.Claim("exp"u8) is null ? "exp"
            : null;
        if (missing is not null)
        {
            refusal = new Refusal("claims", WireErrors.MissingClaim(missing), $"the token has no `{missing}` claim", "ask the issuer for an ID token; access tokens often lack it") { Place = missing };
            return null;
        }

        var sub = subject!.Value;
        if (sub.Kind is JsonTokenType.Null or JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            refusal = new Refusal("claims", WireErrors.UnknownTokenError, "the token's `sub` is no text", "have the issuer write `sub` as a string") { Place = "sub" };
            return null;
        }

        // 2. Times: integers, also as strings.
        long? notBefore = null;
        if (!TryTime(token, "iat"u8, out var issuedAt) || !TryTime(token, "exp"u8, out var expires) || !TryOptionalTime(token, "nbf"u8, out notBefore))
        {
            var bad = !TryTime(token, "iat"u8, out _) ? "iat" : !TryTime(token, "exp"u8, out _) ? "exp" : "nbf";
            var got = token.Text(token.Claim(System.Text.Encoding.ASCII.GetBytes(bad))!.Value);
            refusal = new Refusal("times", WireErrors.InvalidTimestamp, $"the token's `{bad}` is `{Clip(got)}`, not a whole number of seconds", $"have the issuer write `{bad}` as an integer")
            {
                Place = bad,
                Got = Clip(got),
                Wanted = "seconds since 1970 as an integer",
            };
            return null;
        }

        var seconds = now.ToUnixTimeSeconds();
        if (seconds - SkewSeconds >= expires)
        {
            refusal = new Refusal("times", WireErrors.Expired(seconds - SkewSeconds, expires), $"the token expired {Ago(seconds - expires)} ago, at {Clock(expires)}", "ask for a new token right before the exchange: GitHub's live five minutes, and AWS grants five more")
            {
                Place = "exp",
                Wanted = $"later than {Clock(seconds - SkewSeconds)}",
                Got = Clock(expires),
            };
            return null;
        }

        if (issuedAt > seconds + SkewSeconds)
        {
            refusal = new Refusal("times", WireErrors.IssuedInFuture(issuedAt), $"the token was issued {Ago(issuedAt - seconds)} in the future, at {Clock(issuedAt)}", "set the issuer's clock, or this server's")
            {
                Place = "iat",
                Wanted = $"no later than {Clock(seconds + SkewSeconds)}",
                Got = Clock(issuedAt),
            };
            return null;
        }

        if (notBefore > seconds + SkewSeconds)
        {
            refusal = new Refusal("times", WireErrors.NotYetValid(seconds + SkewSeconds, notBefore.Value), $"the token is not valid before {Clock(notBefore.Value)}, {Ago(notBefore.Value - seconds)} from now", "set the issuer's clock, or this server's")
            {
                Place = "nbf",
                Wanted = $"no later than {Clock(seconds + SkewSeconds)}",
                Got = Clock(notBefore.Value),
            };
            return null;
        }

        // 3. One audience: `azp` if there is one, else the only `aud`.
        var aud = audienceClaim!.Value;
        var audiences = aud.Kind == JsonTokenType.StartArray ? token.Texts(aud) : null;
        if (audiences is { Count: 0 })
        {
            refusal = new Refusal("audience", WireErrors.EmptyClaim("aud"), "the token's `aud` is an empty list", "ask the issuer for a token with an audience, for example `sts.amazonaws.com`") { Place = "aud" };
            return null;
        }

        var azp = token.Claim("azp"u8) is { Kind: not JsonTokenType.Null } party ? token.RecentText(party) : null;
        if (audiences is { Count: > 1 } && azp is null)
        {
            refusal = new Refusal("audience", WireErrors.TwoAudiences, $"the token has {audiences.Count} audiences and no `azp` that says which one counts", "ask the issuer for a token with one audience")
            {
                Place = "aud",
                Wanted = "one audience",
                Got = string.Join(", ", audiences.Select(Clip)),
            };
            return null;
        }

        var audience = audiences is null ? token.RecentText(aud) : audiences[0];
        return new TokenClaims(token, token.RecentText(iss!.Value), token.RecentText(sub), azp ?? audience, issuedAt, expires)
        {
            OriginalAudiences = azp is null ? [] : audiences is null ? [audience] : [.. audiences],
        };
    }

    /// <summary>A text for messages: never longer than a line, and never more than one.</summary>
    internal static string Clip(string text) => Aws.OneLine.Of(text, 200);

    internal static string Clock(long seconds) =>
        seconds is > -62_135_596_800 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : seconds.ToString(CultureInfo.InvariantCulture);

    private static string Ago(long seconds) => seconds switch
    {
        < 120 => $"{seconds} seconds",
        < 7200 => $"{seconds / 60} minutes",
        < 172_800 => $"{seconds / 3600} hours",
        _ => $"{seconds / 86_400} days",
    };

    private static bool TryOptionalTime(Jwt token, ReadOnlySpan<byte> name, out long? time)
    {
        time = null;
        if (token.Claim(name) is null)
        {
            return true;
        }

        if (!TryTime(token, name, out var value))
        {
            return false;
        }

        time = value;
        return true;
    }

    private static bool TryTime(Jwt token, ReadOnlySpan<byte> name, out long time)
    {
        time = 0;
        if (token.Claim(name) is not { } member)
        {
            return false;
        }

        var raw = token.Raw(member);
        raw = member.Kind switch
        {
            JsonTokenType.Number => raw,
            JsonTokenType.String => raw[1..^1],
            _ => default,
        };
        return Utf8Parser.TryParse(raw, out time, out var length) && length == raw.Length;
    }
}
