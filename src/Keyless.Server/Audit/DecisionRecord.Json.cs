using System.Collections.Immutable;
using System.Text.Json;

namespace Keyless.Server.Audit;

/// <summary>A record as JSON: what each member of <see cref="CloudTrail"/>'s shape holds.</summary>
public sealed partial record DecisionRecord
{
    void IAuditEntry.WriteParameters(Utf8JsonWriter json) => WriteFields(json, "requestParameters"u8, RequestParameters);

    void IAuditEntry.WriteResponse(Utf8JsonWriter json) => WriteFields(json, "responseElements"u8, ResponseElements);

    void IAuditEntry.WriteAdditional(Utf8JsonWriter json)
    {
        if (!AdditionalEventData.IsEmpty)
        {
            WriteFields(json, "additionalEventData"u8, AdditionalEventData);
        }
    }

    void IAuditEntry.WriteResources(Utf8JsonWriter json)
    {
        if (!Resources.IsEmpty)
        {
            json.WriteStartArray("resources"u8);
            foreach (var resource in Resources)
            {
                CloudTrail.WriteResource(json, resource.Type, resource.Arn, resource.AccountId);
            }

            json.WriteEndArray();
        }
    }

    // Refusals have their line from the pipeline, where the wire's answer is known too.
    // The pipeline writes a line for what is refused, with the answer's code.
    int IAuditEntry.WriteLine(Span<char> line) =>
        Allowed && line.TryWrite($"{Id} {EventSource.AsSpan(0, EventSource.IndexOf('.', StringComparison.Ordinal))} {EventName} allowed: {Aws.OneLine.Of(Summary, 1000)}", out var length) ? length : 0;

    void IAuditEntry.WriteIdentity(Utf8JsonWriter json)
    {
        var identity = Identity;
        json.WriteStartObject();
        json.WriteString("type"u8, identity.Type);
        CloudTrail.WriteOptional(json, "principalId"u8, identity.PrincipalId);
        CloudTrail.WriteOptional(json, "arn"u8, identity.Arn);
        CloudTrail.WriteOptional(json, "accountId"u8, identity.AccountId);
        CloudTrail.WriteOptional(json, "accessKeyId"u8, identity.AccessKeyId);
        CloudTrail.WriteOptional(json, "userName"u8, identity.UserName);
        CloudTrail.WriteOptional(json, "identityProvider"u8, identity.IdentityProvider);
        if (identity.SessionIssuerArn is { } issuer)
        {
            json.WriteStartObject("sessionContext"u8);
            json.WriteStartObject("sessionIssuer"u8);
            json.WriteString("type"u8, "Role"u8);
            CloudTrail.WriteOptional(json, "principalId"u8, identity.SessionIssuerId);
            json.WriteString("arn"u8, issuer);
            CloudTrail.WriteOptional(json, "accountId"u8, identity.AccountId);
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

    private static void WriteFields(Utf8JsonWriter json, ReadOnlySpan<byte> name, ImmutableArray<TrailField> fields)
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

    void IAuditEntry.WriteDecision(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("allowed"u8, Allowed);
        var line = DecisionText.FirstLine(Summary);
        json.WriteString("summary"u8, line);
        CloudTrail.WriteOptional(json, "whole"u8, line == Summary ? null : Summary);
        CloudTrail.WriteOptional(json, "help"u8, Help);
        if (!Inputs.IsEmpty)
        {
            json.WriteStartObject("inputs"u8);
            foreach (var (name, value) in Inputs)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        if (!Checks.IsEmpty)
        {
            json.WriteStartArray("checks"u8);
            foreach (var check in Checks)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, check.Name);
                json.WriteBoolean("passed"u8, check.Passed);
                json.WriteString("message"u8, check.Message);
                CloudTrail.WriteOptional(json, "wanted"u8, check.Wanted);
                CloudTrail.WriteOptional(json, "got"u8, check.Got);
                CloudTrail.WriteOptional(json, "place"u8, check.Place);
                if (check.In is { } place)
                {
                    json.WriteStartObject("in"u8);
                    json.WriteString("owner"u8, place.Owner);
                    CloudTrail.WriteOptional(json, "policy"u8, place.Policy);
                    json.WriteString("pointer"u8, place.Pointer);
                    json.WriteEndObject();
                }

                CloudTrail.WriteOptional(json, "mend"u8, check.Mend);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        CloudTrail.WriteOptional(json, "explanation"u8, Explanation);
        json.WriteEndObject();
    }
}
