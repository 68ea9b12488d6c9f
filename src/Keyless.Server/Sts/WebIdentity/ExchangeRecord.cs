using System.Collections.Immutable;
using Keyless.Language.Oidc;
using Keyless.Server.Audit;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>What an exchange knew when it ended; what it had not reached is null.</summary>
internal sealed record ExchangeFacts(
    Jwt? Token,
    TokenClaims? Claims,
    OidcProvider? Provider,
    Role? Role,
    string RoleArn,
    string SessionName,
    int Duration,
    SessionClaims Tags,
    Session? Session,
    int Packed,
    string? Account)
{
    /// <summary>What allowed it, in one sentence.</summary>
    public string? Statement { get; init; }

    /// <summary>Whether what was allowed is recorded as fully as what was refused.</summary>
    public bool Detailed { get; init; }

    /// <summary>Whether the issuer's keys are this server's own.</summary>
    public bool Untrusted { get; init; }
}

/// <summary>
/// Writes an exchange down: as CloudTrail would, and beside it each check in its order. CloudTrail User Guide, "Logging IAM and AWS STS
/// API calls". The token is never in it.
/// </summary>
internal static class ExchangeRecord
{
    /// <summary>The checks in AWS's order, by the names that <see cref="Refusal.Check"/> uses.</summary>
    private static readonly string[] Order =
        ["parameters", "token", "claims", "times", "provider", "audience", "key", "thumbprint", "signature", "session tags", "source identity", "roles claim", "role", "trust policy", "duration", "session policy"];

    public static DecisionRecord Of(QueryRequest request, Refusal? refusal, ExchangeFacts facts)
    {
        var role = facts.Role?.Arn ?? facts.RoleArn;
        return new DecisionRecord
        {
            Id = request.RequestId,
            At = request.ReceivedAt,
            EventSource = "sts.amazonaws.com",
            EventName = "AssumeRoleWithWebIdentity",
            Allowed = refusal is null,
            Summary = refusal?.Cause ?? $"role `{facts.Role!.Name}`: {facts.Statement}",
            Help = refusal?.Mend,
            Account = facts.Account,
            Identity = Identity(facts),
            ErrorCode = refusal?.Wire.Code,
            ErrorMessage = refusal?.Wire.Message,
            RequestParameters = Parameters(facts),
            ResponseElements = refusal is null ? Response(facts) : [],
            AdditionalEventData = facts.Provider is null ? [] :
            [
                new TrailField("identityProviderConnectionVerificationMethod", facts.Provider.Thumbprints.IsEmpty || facts.Untrusted ? "IAMTrustStore" : "Thumbprint"),
                new TrailField(
                    "RequestDetails",
                    new TrailField("awsServingRegion", Region(request)),
                    new TrailField("endpointType", request.Http.Request.Host.Host == "sts.amazonaws.com" ? "global" : "regional")),
            ],
            Resources = role.Length == 0 ? [] : [new TrailResource("AWS::IAM::Role", role, facts.Account)],
            ReadOnly = true,
            Region = Region(request),
            SourceAddress = request.Http.Connection.RemoteIpAddress?.ToString(),
            UserAgent = request.Header("User-Agent"),
            Inputs = Inputs(facts, facts.Detailed || refusal is not null),
            Checks = facts.Detailed || refusal is not null ? Checks(refusal, facts) : [],
            Explanation = refusal?.Explanation,
        };
    }

    private static string Region(QueryRequest request) => TrustKeys.RegionOf(request.Http.Request.Host.Host);

    private static TrailIdentity Identity(ExchangeFacts facts) => facts.Claims is not { } claims
        ? new TrailIdentity("WebIdentityUser")
        : new TrailIdentity("WebIdentityUser")
        {
            PrincipalId = $"{facts.Provider?.Arn ?? claims.Issuer}:{claims.Audience}:{claims.Subject}",
            UserName = claims.Subject,
            IdentityProvider = facts.Provider?.Arn ?? claims.Issuer,
        };

    private static ImmutableArray<TrailField> Parameters(ExchangeFacts facts)
    {
        var fields = ImmutableArray.CreateBuilder<TrailField>();
        fields.Add(new TrailField("roleArn", facts.RoleArn));
        fields.Add(new TrailField("roleSessionName", facts.SessionName));
        fields.Add(new TrailField("durationSeconds", facts.Duration.ToString(System.Globalization.CultureInfo.InvariantCulture), IsJson: true));
        if (facts.Tags.SourceIdentity is { } source)
        {
            fields.Add(new TrailField("sourceIdentity", source));
        }

        if (!facts.Tags.Tags.IsEmpty)
        {
            fields.Add(new TrailField("principalTags", Oidc.Discovery.Text(json =>
            {
                json.WriteStartObject();
                foreach (var (key, value) in facts.Tags.Tags)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }), IsJson: true));
        }

        if (!facts.Tags.TransitiveTagKeys.IsEmpty)
        {
            fields.Add(new TrailField("transitiveTagKeys", Oidc.Discovery.Text(json =>
            {
                json.WriteStartArray();
                foreach (var key in facts.Tags.TransitiveTagKeys)
                {
                    json.WriteStringValue(key);
                }

                json.WriteEndArray();
            }), IsJson: true));
        }

        return fields.DrainToImmutable();
    }

    private static ImmutableArray<TrailField> Response(ExchangeFacts facts)
    {
        var session = facts.Session!;
        var fields = ImmutableArray.CreateBuilder<TrailField>();
        fields.Add(new TrailField(
            "credentials",
            new TrailField("accessKeyId", session.AccessKeyId),
            new TrailField("expiration", session.Expires.UtcDateTime.ToString("MMM d, yyyy, h:mm:ss tt", System.Globalization.CultureInfo.InvariantCulture))));
        fields.Add(new TrailField("subjectFromWebIdentityToken", facts.Claims!.Subject));
        fields.Add(new TrailField("assumedRoleUser", new TrailField("assumedRoleId", session.UserId), new TrailField("arn", session.Arn)));
        fields.Add(new TrailField("provider", facts.Provider!.Arn));
        fields.Add(new TrailField("audience", facts.Claims.Audience));
        fields.Add(new TrailField("packedPolicySize", facts.Packed.ToString(System.Globalization.CultureInfo.InvariantCulture), IsJson: true));
        if (facts.Tags.SourceIdentity is { } source)
        {
            fields.Add(new TrailField("sourceIdentity", source));
        }

        return fields.DrainToImmutable();
    }

    /// <param name="all">Also what stands elsewhere in the record.</param>
    private static ImmutableArray<KeyValuePair<string, string>> Inputs(ExchangeFacts facts, bool all)
    {
        if (!all)
        {
            return [new("key", facts.Token!.KeyId ?? ""), new("jti", facts.Token.Claim("jti"u8) is { } id ? TokenClaims.Clip(facts.Token.Text(id)) : "")];
        }

        var inputs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        if (facts.Claims is { } claims)
        {
            inputs.Add(new("issuer", claims.Issuer));
            inputs.Add(new("subject", claims.Subject));
            inputs.Add(new("audience", claims.Audience));
            inputs.Add(new("key", facts.Token!.KeyId ?? ""));
            inputs.Add(new("algorithm", facts.Token.Algorithm.ToString()));
            inputs.Add(new("expires", TokenClaims.Clock(claims.Expires)));
            foreach (var name in new[] { "repository", "ref", "event_name", "environment", "job_workflow_ref", "actor", "run_id", "jti" })
            {
                if (facts.Token.Claim(System.Text.Encoding.ASCII.GetBytes(name)) is { } claim)
                {
                    inputs.Add(new(name, TokenClaims.Clip(facts.Token.Text(claim))));
                }
            }
        }

        if (facts.Provider is { } provider)
        {
            inputs.Add(new("provider", provider.Arn));
        }

        inputs.Add(new("role", facts.RoleArn));
        inputs.Add(new("session", facts.SessionName));
        return inputs.DrainToImmutable();
    }

    /// <summary>Every check up to the one that failed; each that passed says what it saw.</summary>
    private static ImmutableArray<DecisionCheck> Checks(Refusal? refusal, ExchangeFacts facts)
    {
        var checks = ImmutableArray.CreateBuilder<DecisionCheck>();
        foreach (var name in Order)
        {
            if (name == refusal?.Check)
            {
                checks.Add(new DecisionCheck(name, Passed: false, refusal.Cause) { Wanted = refusal.Wanted, Got = refusal.Got, Place = refusal.Place, In = refusal.In, Mend = refusal.Mend });
                break;
            }

            if (Passed(name, facts) is { } message)
            {
                checks.Add(new DecisionCheck(name, Passed: true, message));
            }
        }

        return checks.DrainToImmutable();
    }

    /// <summary>Null for checks that had nothing to look at.</summary>
    private static string? Passed(string name, ExchangeFacts facts) => name switch
    {
        "parameters" => $"`{facts.RoleArn}` for {facts.Duration} seconds as `{facts.SessionName}`",
        "token" => facts.Token is { } token ? $"a JWT signed with {token.Algorithm}" : null,
        "claims" => facts.Claims is { } claims ? $"iss, sub, aud, iat and exp are there; `sub` is `{TokenClaims.Clip(claims.Subject)}`" : null,
        "times" => facts.Claims is { } claims ? $"issued {TokenClaims.Clock(claims.IssuedAt)}, expires {TokenClaims.Clock(claims.Expires)}" : null,
        "provider" => facts.Provider is { } provider ? $"`{provider.Arn}`" : null,
        "audience" => facts.Claims is { } claims ? $"`{TokenClaims.Clip(claims.Audience)}` is registered" : null,
        "key" => facts.Token is { } token ? $"`{token.KeyId ?? "the only one"}` is published by the issuer" : null,
        "signature" => "it is that key's",
        "session tags" when !facts.Tags.Tags.IsEmpty => string.Join(", ", facts.Tags.Tags.Select(tag => $"`{tag.Key}`")),
        "source identity" when facts.Tags.SourceIdentity is { } source => $"`{source}`",
        "roles claim" when facts.Token?.Claim("https://aws.amazon.com/roles"u8) is not null => "it names the role",
        "role" => facts.Role is { } role ? $"`{role.Arn}` exists" : null,
        "trust policy" => facts.Statement,
        "duration" => facts.Role is { } role ? $"{facts.Duration} seconds are within the role's {role.MaxSessionDuration}" : null,
        "session policy" => facts.Session is { Policy: null, PolicyArns.IsEmpty: true } ? null : $"packed size {facts.Packed}%",
        _ => null,
    };
}
