using System.Globalization;
using System.Net;
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

    public static void Write(Utf8JsonWriter json, IAuditEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("eventVersion"u8, "1.11"u8);
        json.WritePropertyName("userIdentity"u8);
        entry.WriteIdentity(json);
        WriteSeconds(json, "eventTime"u8, entry.At);
        json.WriteString("eventSource"u8, entry.EventSource);
        json.WriteString("eventName"u8, entry.EventName);
        json.WriteString("awsRegion"u8, entry.Region);
        WriteAddress(json, entry.SourceAddress);
        WriteOptional(json, "userAgent"u8, entry.UserAgent);
        WriteOptional(json, "errorCode"u8, entry.ErrorCode);
        WriteOptional(json, "errorMessage"u8, entry.ErrorMessage);
        entry.WriteParameters(json);
        entry.WriteResponse(json);
        entry.WriteAdditional(json);
        json.WriteString("requestID"u8, entry.Id);
        json.WriteString("eventID"u8, entry.Id);
        json.WriteBoolean("readOnly"u8, entry.ReadOnly);
        entry.WriteResources(json);
        json.WriteString("eventType"u8, "AwsApiCall"u8);
        json.WriteBoolean("managementEvent"u8, value: true);
        WriteOptional(json, "recipientAccountId"u8, entry.Account);
        json.WriteString("eventCategory"u8, "Management"u8);
        json.WritePropertyName("decision"u8);
        entry.WriteDecision(json);
        json.WriteEndObject();
    }

    /// <summary>CloudTrail's <c>resources</c>: one, with its owner.</summary>
    internal static void WriteResource(Utf8JsonWriter json, string type, string arn, string? account)
    {
        json.WriteStartObject();
        WriteOptional(json, "accountId"u8, account);
        json.WriteString("type"u8, type);
        json.WriteString("ARN"u8, arn);
        json.WriteEndObject();
    }

    internal static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteSeconds(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<char> text = stackalloc char[20];
        time.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        json.WriteString(name, text[..length]);
    }

    private static void WriteAddress(Utf8JsonWriter json, IPAddress? address)
    {
        if (address is not null)
        {
            Span<byte> text = stackalloc byte[64];
            (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).TryFormat(text, out var length);
            json.WriteString("sourceIPAddress"u8, text[..length]);
        }
    }
}
