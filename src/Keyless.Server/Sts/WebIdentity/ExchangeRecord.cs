using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Keyless.Server.Audit;

namespace Keyless.Server.Sts.WebIdentity;

/// <summary>
/// Writes an exchange down: as CloudTrail would, and beside it each check in its order. CloudTrail User Guide, "Logging IAM and AWS STS
/// API calls". The token is never in it. <see cref="Of"/> tells everything; an instance is the short record of an exchange that was
/// allowed, written straight from what the exchange holds, and for the members that both have the same.
/// </summary>
internal sealed class ExchangeRecord(Exchange exchange) : IAuditEntry
{
    private const string Source = "sts.amazonaws.com";
    private const string Operation = "AssumeRoleWithWebIdentity";
    private const string RoleType = "AWS::IAM::Role";
    private const int LongestCause = 4000;

    /// <summary>CloudTrail User Guide, "CloudTrail log file examples": <c>Jul 9, 2024, 4:41:37 PM</c>.</summary>
    internal const string ExpirationFormat = "MMM d, yyyy, h:mm:ss tt";

    /// <summary>The checks in AWS's order, by the names that <see cref="Refusal.Check"/> uses.</summary>
    private static readonly string[] Order =
        ["parameters", "token", "claims", "times", "provider", "audience", "issuer", "key", "thumbprint", "signature", "session tags", "source identity", "roles claim", "role", "trust policy", "duration", "session policy"];

    string IAuditEntry.Id => exchange.Request.RequestId;

    DateTimeOffset IAuditEntry.At => exchange.Request.ReceivedAt;

    string IAuditEntry.EventSource => Source;

    string IAuditEntry.EventName => Operation;

    string? IAuditEntry.Account => exchange.Account;

    string? IAuditEntry.ErrorCode => null;

    string? IAuditEntry.ErrorMessage => null;

    string IAuditEntry.Region => Region(exchange);

    IPAddress? IAuditEntry.SourceAddress => exchange.Request.Http.Connection.RemoteIpAddress;

    string? IAuditEntry.UserAgent => exchange.Request.Header("User-Agent");

    bool IAuditEntry.ReadOnly => true;

    void IAuditEntry.WriteIdentity(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "WebIdentityUser"u8);
        WriteJoined(json, "principalId"u8, exchange.Provider!.Arn, ":", exchange.Claims!.Audience, ":", exchange.Claims.Subject);
        json.WriteString("userName"u8, exchange.Claims.Subject);
        json.WriteString("identityProvider"u8, exchange.Provider.Arn);
        json.WriteEndObject();
    }

    void IAuditEntry.WriteParameters(Utf8JsonWriter json)
    {
        json.WriteStartObject("requestParameters"u8);
        json.WriteString("roleArn"u8, exchange.RoleArn);
        json.WriteString("roleSessionName"u8, exchange.SessionName);
        json.WriteNumber("durationSeconds"u8, exchange.Duration);
        CloudTrail.WriteOptional(json, "sourceIdentity"u8, exchange.Tags.SourceIdentity);
        if (!exchange.Tags.Tags.IsEmpty)
        {
            json.WritePropertyName("principalTags"u8);
            WriteTags(json, exchange.Tags);
        }

        if (!exchange.Tags.TransitiveTagKeys.IsEmpty)
        {
            json.WritePropertyName("transitiveTagKeys"u8);
            WriteTransitive(json, exchange.Tags);
        }

        json.WriteEndObject();
    }

    void IAuditEntry.WriteResponse(Utf8JsonWriter json)
    {
        var session = exchange.Session!;
        Span<char> expiration = stackalloc char[32];
        session.Expires.UtcDateTime.TryFormat(expiration, out var length, ExpirationFormat, CultureInfo.InvariantCulture);
        json.WriteStartObject("responseElements"u8);
        json.WriteStartObject("credentials"u8);
        json.WriteString("accessKeyId"u8, session.AccessKeyId);
        json.WriteString("expiration"u8, expiration[..length]);
        json.WriteEndObject();
        json.WriteString("subjectFromWebIdentityToken"u8, exchange.Claims!.Subject);
        json.WriteStartObject("assumedRoleUser"u8);
        json.WriteString("assumedRoleId"u8, session.UserId);
        json.WriteString("arn"u8, session.Arn);
        json.WriteEndObject();
        json.WriteString("provider"u8, exchange.Provider!.Arn);
        json.WriteString("audience"u8, exchange.Claims.Audience);
        json.WriteNumber("packedPolicySize"u8, exchange.Packed);
        CloudTrail.WriteOptional(json, "sourceIdentity"u8, exchange.Tags.SourceIdentity);
        json.WriteEndObject();
    }

    void IAuditEntry.WriteAdditional(Utf8JsonWriter json)
    {
        json.WriteStartObject("additionalEventData"u8);
        json.WriteString("identityProviderConnectionVerificationMethod"u8, VerificationMethod(exchange));
        json.WriteStartObject("RequestDetails"u8);
        json.WriteString("awsServingRegion"u8, Region(exchange));
        json.WriteString("endpointType"u8, EndpointType(exchange));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    void IAuditEntry.WriteResources(Utf8JsonWriter json)
    {
        json.WriteStartArray("resources"u8);
        CloudTrail.WriteResource(json, RoleType, exchange.Role!.Arn, exchange.Account);
        json.WriteEndArray();
    }

    void IAuditEntry.WriteDecision(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("allowed"u8, value: true);
        WriteJoined(json, "summary"u8, "role `", exchange.Role!.Name, "`: ", exchange.Statement());
        json.WriteStartObject("inputs"u8);
        json.WriteString("key"u8, exchange.Token!.RecentKeyId() ?? "");
        if (exchange.Token!.Claim("jti"u8) is { } id && exchange.Token.TryPlain(id, out var plain) && plain.Length <= 200 && !plain.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            json.WriteString("jti"u8, plain);
        }
        else
        {
            json.WriteString("jti"u8, TokenId(exchange));
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    int IAuditEntry.WriteLine(Span<char> line) =>
        line.TryWrite($"{exchange.Request.RequestId} sts {Operation} allowed: {exchange.Role!.Arn} for {Aws.OneLine.Of(exchange.Claims!.Subject, 300)}", out var length) ? length : 0;

    /// <summary>Everything, for what was refused, and for what was allowed where that is wanted in detail.</summary>
    public static DecisionRecord Of(Exchange facts, Refusal? refusal)
    {
        var request = facts.Request;
        var role = facts.Role?.Arn ?? facts.RoleArn;
        return new DecisionRecord
        {
            Id = request.RequestId,
            At = request.ReceivedAt,
            EventSource = Source,
            EventName = Operation,
            Allowed = refusal is null,
            Summary = refusal is not null ? Aws.OneLine.Of(refusal.Cause, LongestCause) : $"role `{facts.Role!.Name}`: {facts.Statement()}",
            Help = refusal?.Mend,
            Account = facts.Account,
            Identity = Identity(facts),
            ErrorCode = refusal?.Wire.Code,
            ErrorMessage = refusal is null ? null : Aws.OneLine.Of(refusal.Wire.Message, 2000),
            RequestParameters = Parameters(facts),
            ResponseElements = refusal is null ? Response(facts) : [],
            AdditionalEventData = facts.Provider is null ? [] :
            [
                new TrailField("identityProviderConnectionVerificationMethod", VerificationMethod(facts)),
                new TrailField(
                    "RequestDetails",
                    new TrailField("awsServingRegion", Region(facts)),
                    new TrailField("endpointType", EndpointType(facts))),
            ],
            Resources = role.Length == 0 ? [] : [new TrailResource(RoleType, role, facts.Account)],
            ReadOnly = true,
            Region = Region(facts),
            SourceAddress = request.Http.Connection.RemoteIpAddress,
            UserAgent = request.Header("User-Agent"),
            Inputs = Inputs(facts, facts.IsDetailed || refusal is not null),
            Checks = facts.IsDetailed || refusal is not null ? Checks(refusal, facts) : [],
            Explanation = refusal?.Explanation,
        };
    }

    private static string Region(Exchange facts) => TrustKeys.RegionOf(facts.Request.Http.Request.Headers.Host.ToString());

    private static string EndpointType(Exchange facts) => facts.Request.Http.Request.Headers.Host == "sts.amazonaws.com" ? "global" : "regional";

    private static string VerificationMethod(Exchange facts) => facts.Provider!.Thumbprints.IsEmpty || facts.IsPinned ? "IAMTrustStore" : "Thumbprint";

    private static string TokenId(Exchange facts) => facts.Token!.Claim("jti"u8) is { } id ? TokenClaims.Clip(facts.Token.Text(id)) : "";

    private static TrailIdentity Identity(Exchange facts) => facts.Claims is not { } claims
        ? new TrailIdentity("WebIdentityUser")
        : new TrailIdentity("WebIdentityUser")
        {
            PrincipalId = $"{facts.Provider?.Arn ?? claims.Issuer}:{claims.Audience}:{claims.Subject}",
            UserName = claims.Subject,
            IdentityProvider = facts.Provider?.Arn ?? claims.Issuer,
        };

    private static ImmutableArray<TrailField> Parameters(Exchange facts)
    {
        var fields = ImmutableArray.CreateBuilder<TrailField>();
        fields.Add(new TrailField("roleArn", facts.RoleArn));
        fields.Add(new TrailField("roleSessionName", facts.SessionName));
        fields.Add(new TrailField("durationSeconds", facts.Duration.ToString(CultureInfo.InvariantCulture), IsJson: true));
        if (facts.Tags.SourceIdentity is { } source)
        {
            fields.Add(new TrailField("sourceIdentity", source));
        }

        if (!facts.Tags.Tags.IsEmpty)
        {
            fields.Add(new TrailField("principalTags", Oidc.Discovery.Text(json => WriteTags(json, facts.Tags)), IsJson: true));
        }

        if (!facts.Tags.TransitiveTagKeys.IsEmpty)
        {
            fields.Add(new TrailField("transitiveTagKeys", Oidc.Discovery.Text(json => WriteTransitive(json, facts.Tags)), IsJson: true));
        }

        return fields.DrainToImmutable();
    }

    private static ImmutableArray<TrailField> Response(Exchange facts)
    {
        var session = facts.Session!;
        var fields = ImmutableArray.CreateBuilder<TrailField>();
        fields.Add(new TrailField(
            "credentials",
            new TrailField("accessKeyId", session.AccessKeyId),
            new TrailField("expiration", session.Expires.UtcDateTime.ToString(ExpirationFormat, CultureInfo.InvariantCulture))));
        fields.Add(new TrailField("subjectFromWebIdentityToken", facts.Claims!.Subject));
        fields.Add(new TrailField("assumedRoleUser", new TrailField("assumedRoleId", session.UserId), new TrailField("arn", session.Arn)));
        fields.Add(new TrailField("provider", facts.Provider!.Arn));
        fields.Add(new TrailField("audience", facts.Claims.Audience));
        fields.Add(new TrailField("packedPolicySize", facts.Packed.ToString(CultureInfo.InvariantCulture), IsJson: true));
        if (facts.Tags.SourceIdentity is { } source)
        {
            fields.Add(new TrailField("sourceIdentity", source));
        }

        return fields.DrainToImmutable();
    }

    /// <param name="all">Also what stands elsewhere in the record.</param>
    private static ImmutableArray<KeyValuePair<string, string>> Inputs(Exchange facts, bool all)
    {
        if (!all)
        {
            return [new("key", facts.Token!.KeyId ?? ""), new("jti", TokenId(facts))];
        }

        var inputs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        if (facts.Claims is { } claims)
        {
            inputs.Add(new("issuer", Aws.OneLine.Of(claims.Issuer, 1000)));
            inputs.Add(new("subject", Aws.OneLine.Of(claims.Subject, 1000)));
            inputs.Add(new("audience", Aws.OneLine.Of(claims.Audience, 1000)));
            inputs.Add(new("key", Aws.OneLine.Of(facts.Token!.KeyId ?? "", 1000)));
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
    private static ImmutableArray<DecisionCheck> Checks(Refusal? refusal, Exchange facts)
    {
        var checks = ImmutableArray.CreateBuilder<DecisionCheck>();
        foreach (var name in Order)
        {
            if (name == refusal?.Check)
            {
                checks.Add(new DecisionCheck(name, Passed: false, Aws.OneLine.Of(refusal.Cause, LongestCause)) { Wanted = refusal.Wanted, Got = refusal.Got, Place = refusal.Place, In = refusal.In, Mend = refusal.Mend });
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
    private static string? Passed(string name, Exchange facts) => name switch
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
        "trust policy" => facts.Session is null ? null : facts.Statement(),
        "duration" => facts.Role is { } role ? $"{facts.Duration} seconds are within the role's {role.MaxSessionDuration}" : null,
        "session policy" => facts.Session is { Policy: null, PolicyArns.IsEmpty: true } ? null : $"packed size {facts.Packed}%",
        _ => null,
    };

    private static void WriteTags(Utf8JsonWriter json, SessionClaims session)
    {
        json.WriteStartObject();
        foreach (var (key, value) in session.Tags)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteTransitive(Utf8JsonWriter json, SessionClaims session)
    {
        json.WriteStartArray();
        foreach (var key in session.TransitiveTagKeys)
        {
            json.WriteStringValue(key);
        }

        json.WriteEndArray();
    }

    /// <summary>Texts one behind the other.</summary>
    private static void WriteJoined(Utf8JsonWriter json, ReadOnlySpan<byte> name, params ReadOnlySpan<string> texts)
    {
        Span<char> joined = stackalloc char[1024];
        var length = 0;
        foreach (var text in texts)
        {
            if (!text.TryCopyTo(joined[length..]))
            {
                json.WriteString(name, string.Concat(texts));
                return;
            }

            length += text.Length;
        }

        json.WriteString(name, joined[..length]);
    }
}
