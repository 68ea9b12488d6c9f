using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keyless.Language.Oidc;
using Microsoft.AspNetCore.Http;

namespace Keyless.Server.Oidc;

/// <summary>
/// The part of GitHub's REST API that customises tokens, so that scripts with <c>gh api</c> work. GitHub Docs, "REST API endpoints for
/// GitHub Actions OIDC". Paths are GitHub's, under <c>/_keyless/github</c> or, as on GitHub Enterprise Server, <c>/api/v3</c>.
/// </summary>
/// <param name="token">What callers send as <c>Authorization: Bearer</c> or <c>token</c>: who may customise may take any role.</param>
public sealed class GitHubApi(IssuerSettingsFile settings, string token)
{
    private const int LargestBody = 64 << 10;

    /// <summary>The path in GitHub's API, or null when the request is for something else.</summary>
    public static string? PathOf(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "";
        var rest = path.StartsWith("/_keyless/github/", StringComparison.Ordinal) ? path["/_keyless/github".Length..]
            : path.StartsWith("/api/v3/", StringComparison.Ordinal) ? path["/api/v3".Length..]
            : null;
        return rest is not null && rest.Contains("/actions/oidc/customization/", StringComparison.Ordinal) ? rest : null;
    }

    public async Task Serve(HttpContext http, string path)
    {
        if (!MayCustomise(http))
        {
            await Answers.Error(http, 401, "Bad credentials");
            return;
        }

        var body = await ReadBody(http);
        JsonDocument? document = null;
        try
        {
            document = body.Length == 0 ? null : JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
        }
        catch (JsonException)
        {
            await Answers.Error(http, 400, "Problems parsing JSON");
            return;
        }

        using (document)
        {
            var parts = path.Trim('/').Split('/');
            var answer = (http.Request.Method, parts) switch
            {
                ("GET", ["orgs", var org, "actions", "oidc", "customization", "sub"]) => GetOrganization(org),
                ("PUT", ["orgs", var org, "actions", "oidc", "customization", "sub"]) => PutOrganization(org, document),
                ("GET", ["repos", var owner, var repo, "actions", "oidc", "customization", "sub"]) => GetRepository($"{owner}/{repo}"),
                ("PUT", ["repos", var owner, var repo, "actions", "oidc", "customization", "sub"]) => PutRepository($"{owner}/{repo}", document),
                ("PUT", ["enterprises", var slug, "actions", "oidc", "customization", "issuer"]) => PutEnterpriseIssuer(slug, document),
                ("GET", [var kind, var name, "actions", "oidc", "customization", "properties", "repo"]) => GetProperties(kind, name),
                ("POST", [var kind, var name, "actions", "oidc", "customization", "properties", "repo"]) => PostProperties(kind, name, document),
                ("DELETE", [var kind, var name, "actions", "oidc", "customization", "properties", "repo", var property]) => DeleteProperty(kind, name, property),
                _ => Fault(404, "Not Found"),
            };
            if (answer.Body is null)
            {
                http.Response.StatusCode = answer.Status;
                return;
            }

            await Answers.Json(http, answer.Status, answer.Body);
        }
    }

    private (int Status, byte[]? Body) GetOrganization(string org) => (200, Template(settings.Current.Organizations.GetValueOrDefault(org, OwnerSettings.None).IncludeClaimKeys));

    private (int Status, byte[]? Body) PutOrganization(string org, JsonDocument? body)
    {
        if (!TryKeys(body, out var keys, out var fault))
        {
            return Fault(422, fault);
        }

        settings.Change(current => current with
        {
            Organizations = current.Organizations.SetItem(org, current.Organizations.GetValueOrDefault(org, OwnerSettings.None) with
            {
                IncludeClaimKeys = keys,
                UseImmutableSubject = Flag(body, "use_immutable_subject"),
            }),
        });
        return (201, Empty());
    }

    private (int Status, byte[]? Body) GetRepository(string repository)
    {
        var current = settings.Current;
        var owner = current.Organizations.GetValueOrDefault(repository[..repository.IndexOf('/', StringComparison.Ordinal)], OwnerSettings.None);
        var found = current.Repositories.GetValueOrDefault(repository, SubjectCustomization.Default);
        return (200, Discovery.Json(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("use_default", found.UseDefault);
            if (!found.IncludeClaimKeys.IsEmpty)
            {
                WriteKeys(json, found.IncludeClaimKeys);
            }

            json.WriteBoolean("use_immutable_subject", found.UseImmutableSubject ?? owner.UseImmutableSubject ?? false);
            json.WriteEndObject();
        }));
    }

    /// <summary>Replaces: what is left out is as if it had never been set.</summary>
    private (int Status, byte[]? Body) PutRepository(string repository, JsonDocument? body)
    {
        if (Flag(body, "use_default") is not { } useDefault)
        {
            return Fault(422, "Invalid request.\n\n\"use_default\" wasn't supplied.");
        }

        if (!TryKeys(body, out var keys, out var fault))
        {
            return Fault(422, fault);
        }

        settings.Change(current => current with
        {
            Repositories = current.Repositories.SetItem(
                repository, new SubjectCustomization(useDefault, keys) { UseImmutableSubject = Flag(body, "use_immutable_subject") }),
        });
        return (201, Empty());
    }

    private (int Status, byte[]? Body) PutEnterpriseIssuer(string slug, JsonDocument? body)
    {
        var own = Flag(body, "include_enterprise_slug") ?? false;
        settings.Change(current => current with
        {
            EnterprisesWithOwnIssuer = own ? current.EnterprisesWithOwnIssuer.Add(slug) : current.EnterprisesWithOwnIssuer.Remove(slug),
        });
        return (204, null);
    }

    private (int Status, byte[]? Body) GetProperties(string kind, string name) => PropertiesOf(kind, name) is { } properties
        ? (200, Discovery.Json(json =>
        {
            json.WriteStartArray();
            foreach (var property in properties)
            {
                json.WriteStartObject();
                json.WriteString("custom_property_name", property);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }))
        : Fault(404, "Not Found");

    private (int Status, byte[]? Body) PostProperties(string kind, string name, JsonDocument? body)
    {
        if (PropertiesOf(kind, name) is not { } properties)
        {
            return Fault(404, "Not Found");
        }

        if (body?.RootElement is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty("custom_property_name", out var property) || property.ValueKind != JsonValueKind.String)
        {
            return Fault(422, "Invalid request.\n\n\"custom_property_name\" wasn't supplied.");
        }

        SetProperties(kind, name, properties.Remove(property.GetString()!).Add(property.GetString()!));
        return (201, Discovery.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("custom_property_name", property.GetString());
            json.WriteEndObject();
        }));
    }

    private (int Status, byte[]? Body) DeleteProperty(string kind, string name, string property)
    {
        if (PropertiesOf(kind, name) is not { } properties || !properties.Contains(property))
        {
            return Fault(404, "Not Found");
        }

        SetProperties(kind, name, properties.Remove(property));
        return (204, null);
    }

    private ImmutableArray<string>? PropertiesOf(string kind, string name) => kind switch
    {
        "orgs" => settings.Current.Organizations.GetValueOrDefault(name, OwnerSettings.None).Properties,
        "enterprises" => settings.Current.EnterpriseProperties.GetValueOrDefault(name, []),
        _ => null,
    };

    private void SetProperties(string kind, string name, ImmutableArray<string> properties) => settings.Change(current => kind == "orgs"
        ? current with { Organizations = current.Organizations.SetItem(name, current.Organizations.GetValueOrDefault(name, OwnerSettings.None) with { Properties = properties }) }
        : current with { EnterpriseProperties = current.EnterpriseProperties.SetItem(name, properties) });

    private bool MayCustomise(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        return space > 0
            && authorization[..space].ToUpperInvariant() is "BEARER" or "TOKEN"
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[(space + 1)..].Trim()), Encoding.UTF8.GetBytes(token));
    }

    private static bool TryKeys(JsonDocument? body, out ImmutableArray<string> keys, out string fault)
    {
        keys = [];
        fault = "";
        if (body is null || body.RootElement.ValueKind != JsonValueKind.Object || !body.RootElement.TryGetProperty("include_claim_keys", out var list))
        {
            return true;
        }

        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(key => key.ValueKind != JsonValueKind.String))
        {
            fault = "Invalid request.\n\n\"include_claim_keys\" is not a list of texts.";
            return false;
        }

        keys = [.. list.EnumerateArray().Select(key => key.GetString()!)];
        fault = SubjectTemplate.FaultOf(keys) ?? "";
        return fault.Length == 0;
    }

    private static async Task<byte[]> ReadBody(HttpContext http)
    {
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
            if (read.IsCompleted || read.Buffer.Length > LargestBody)
            {
                var body = read.Buffer.Length > LargestBody ? [] : read.Buffer.ToArray();
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            http.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool? Flag(JsonDocument? body, string name) =>
        body?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;

    private static byte[] Template(ImmutableArray<string> keys) => Discovery.Json(json =>
    {
        json.WriteStartObject();
        WriteKeys(json, keys);
        json.WriteEndObject();
    });

    private static void WriteKeys(Utf8JsonWriter json, ImmutableArray<string> keys)
    {
        json.WriteStartArray("include_claim_keys");
        foreach (var key in keys)
        {
            json.WriteStringValue(key);
        }

        json.WriteEndArray();
    }

    private static byte[] Empty() => "{}"u8.ToArray();

    private static (int Status, byte[]? Body) Fault(int status, string message) => (status, Discovery.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("message", message);
        json.WriteString("documentation_url", "https://docs.github.com/rest/actions/oidc");
        json.WriteEndObject();
    }));
}
