using System.Text.Encodings.Web;
using System.Text.Json;
using Keyless.Server.Aws;

namespace Keyless.Server.Audit;

/// <summary>
/// A decision as CloudTrail would record it, with the reasons that AWS leaves out under <c>decision</c>. CloudTrail User Guide,
/// "CloudTrail record contents".
/// </summary>
public static class CloudTrail
{
    internal static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>How the caller of a signed request appears in <c>userIdentity</c>.</summary>
    public static TrailIdentity IdentityOf(Caller caller, string? accessKeyId) => caller switch
    {
        Caller.Root root => new TrailIdentity("Root") { PrincipalId = root.AccountId, Arn = root.Arn, AccountId = root.AccountId, AccessKeyId = accessKeyId },
        Caller.User user => new TrailIdentity("IAMUser")
        {
            PrincipalId = user.UserId,
            Arn = user.Arn,
            AccountId = user.AccountId,
            AccessKeyId = accessKeyId,
            UserName = user.Name,
        },
        Caller.WithSession { Session: var session } => new TrailIdentity(session.Kind switch
        {
            SessionKind.AssumedRole => "AssumedRole",
            SessionKind.FederatedUser => "FederatedUser",
            _ => session.Arn.EndsWith(":root", StringComparison.Ordinal) ? "Root" : "IAMUser",
        })
        {
            PrincipalId = session.UserId,
            Arn = session.Arn,
            AccountId = session.Account,
            AccessKeyId = session.AccessKeyId,
            SessionIssuerArn = session.RoleArn,
            SessionIssuerId = session.RoleId,
            FederatedProvider = session.FederatedProvider,
        },
        _ => TrailIdentity.Unknown,
    };

    public static void Write(Utf8JsonWriter json, DecisionRecord record)
    {
        json.WriteStartObject();
        json.WriteString("eventVersion"u8, "1.11"u8);
        WriteIdentity(json, record.Identity);
        WriteSeconds(json, "eventTime"u8, record.At);
        json.WriteString("eventSource"u8, record.EventSource);
        json.WriteString("eventName"u8, record.EventName);
        json.WriteString("awsRegion"u8, record.Region);
        WriteOptional(json, "sourceIPAddress"u8, record.SourceAddress);
        WriteOptional(json, "userAgent"u8, record.UserAgent);
        WriteOptional(json, "errorCode"u8, record.ErrorCode);
        WriteOptional(json, "errorMessage"u8, record.ErrorMessage);
        WriteFields(json, "requestParameters"u8, record.RequestParameters);
        WriteFields(json, "responseElements"u8, record.ResponseElements);
        if (!record.AdditionalEventData.IsEmpty)
        {
            WriteFields(json, "additionalEventData"u8, record.AdditionalEventData);
        }

        json.WriteString("requestID"u8, record.Id);
        json.WriteString("eventID"u8, record.Id);
        json.WriteBoolean("readOnly"u8, record.ReadOnly);
        if (!record.Resources.IsEmpty)
        {
            json.WriteStartArray("resources"u8);
            foreach (var resource in record.Resources)
            {
                json.WriteStartObject();
                WriteOptional(json, "accountId"u8, resource.AccountId);
                json.WriteString("type"u8, resource.Type);
                json.WriteString("ARN"u8, resource.Arn);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteString("eventType"u8, "AwsApiCall"u8);
        json.WriteBoolean("managementEvent"u8, value: true);
        WriteOptional(json, "recipientAccountId"u8, record.Account);
        json.WriteString("eventCategory"u8, "Management"u8);
        WriteDecision(json, record);
        json.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter json, TrailIdentity identity)
    {
        json.WriteStartObject("userIdentity"u8);
        json.WriteString("type"u8, identity.Type);
        WriteOptional(json, "principalId"u8, identity.PrincipalId);
        WriteOptional(json, "arn"u8, identity.Arn);
        WriteOptional(json, "accountId"u8, identity.AccountId);
        WriteOptional(json, "accessKeyId"u8, identity.AccessKeyId);
        WriteOptional(json, "userName"u8, identity.UserName);
        WriteOptional(json, "identityProvider"u8, identity.IdentityProvider);
        if (identity.SessionIssuerArn is { } issuer)
        {
            json.WriteStartObject("sessionContext"u8);
            json.WriteStartObject("sessionIssuer"u8);
            json.WriteString("type"u8, "Role"u8);
            WriteOptional(json, "principalId"u8, identity.SessionIssuerId);
            json.WriteString("arn"u8, issuer);
            WriteOptional(json, "accountId"u8, identity.AccountId);
            json.WriteString("userName"u8, issuer.AsSpan(issuer.LastIndexOf('/') + 1));
            json.WriteEndObject();
            if (identity.FederatedProvider is { } provider)
            {
                json.WriteStartObject("webIdFederationData"u8);
                json.WriteString("federatedProvider"u8, provider);
                json.WriteStartObject("attributes"u8);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter json, ReadOnlySpan<byte> name, System.Collections.Immutable.ImmutableArray<TrailField> fields)
    {
        if (fields.IsEmpty)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        WriteMembers(json, fields.AsSpan());
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, ReadOnlySpan<TrailField> fields)
    {
        foreach (var field in fields)
        {
            json.WritePropertyName(field.Name);
            if (field.Members is { } members)
            {
                json.WriteStartObject();
                WriteMembers(json, members);
                json.WriteEndObject();
            }
            else if (field.IsJson)
            {
                json.WriteRawValue(field.Value);
            }
            else
            {
                json.WriteStringValue(field.Value);
            }
        }
    }

    /// <summary>The part AWS does not have: the cause, the checks, the policy evaluation.</summary>
    private static void WriteDecision(Utf8JsonWriter json, DecisionRecord record)
    {
        json.WriteStartObject("decision"u8);
        json.WriteBoolean("allowed"u8, record.Allowed);
        json.WriteString("summary"u8, record.Summary);
        WriteOptional(json, "help"u8, record.Help);
        if (!record.Inputs.IsEmpty)
        {
            json.WriteStartObject("inputs"u8);
            foreach (var (name, value) in record.Inputs)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        if (!record.Checks.IsEmpty)
        {
            json.WriteStartArray("checks"u8);
            foreach (var check in record.Checks)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, check.Name);
                json.WriteBoolean("passed"u8, check.Passed);
                json.WriteString("message"u8, check.Message);
                WriteOptional(json, "wanted"u8, check.Wanted);
                WriteOptional(json, "got"u8, check.Got);
                WriteOptional(json, "place"u8, check.Place);
                if (check.In is { } place)
                {
                    json.WriteStartObject("in"u8);
                    json.WriteString("owner"u8, place.Owner);
                    WriteOptional(json, "policy"u8, place.Policy);
                    json.WriteString("pointer"u8, place.Pointer);
                    json.WriteEndObject();
                }

                WriteOptional(json, "mend"u8, check.Mend);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        WriteOptional(json, "explanation"u8, record.Explanation);
        json.WriteEndObject();
    }

    private static void WriteSeconds(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<char> text = stackalloc char[20];
        time.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
