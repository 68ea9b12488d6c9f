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
/// <param name="prefixOf">The <c>repo</c> segment that a repository's subjects have; null when its ids are not known.</param>
/// <param name="token">What callers send as <c>Authorization: Bearer</c> or <c>token</c>: who may customise may take any role.</param>
public sealed class GitHubApi(IssuerSettingsFile settings, Func<string, string?> prefixOf, string token)
{
    private const int LargestBody = 64 << 10;

    /// <summary>An answer without a body.</summary>
    private static readonly Answer NoContent = new(204, null);

    private readonly record struct Answer(int Status, byte[]? Body);

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
        var answer = await Answered(http, path);
        http.Response.Headers["X-GitHub-Media-Type"] = "github.v3; format=json";
        http.Response.Headers["X-GitHub-Request-Id"] = Guid.NewGuid().ToString("N").ToUpperInvariant();
        if (answer.Body is null)
        {
            http.Response.StatusCode = answer.Status;
            return;
        }

        await Answers.Json(http, answer.Status, answer.Body);
    }

    private async Task<Answer> Answered(HttpContext http, string path)
    {
        // 1. Who asks
        if (http.Request.Headers.Authorization.Count == 0)
        {
            return Fault(401, "Requires authentication");
        }

        if (!MayCustomise(http))
        {
            return Fault(401, "Bad credentials");
        }

        // 2. With which body
        if (await ReadBody(http) is not { } body)
        {
            return Fault(413, $"The request body is larger than {LargestBody} bytes");
        }

        JsonDocument? document = null;
        try
        {
            document = body.Length == 0 ? null : JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
        }
        catch (JsonException)
        {
            return Fault(400, "Problems parsing JSON");
        }

        using (document)
        {
            if (document is not null && document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return Fault(400, "Body should be a JSON object");
            }

            // 3. For what
            return Route(http.Request.Method, path.Trim('/').Split('/'), new Fields(document));
        }
    }

    private Answer Route(string method, string[] path, Fields body)
    {
        var (current, problems) = settings.Read();
        if (current is null)
        {
            return Fault(500, IssuerSettingsFile.Line(problems));
        }

        return (method, path) switch
        {
            ("GET", ["orgs", { Length: > 0 } org, "actions", "oidc", "customization", "sub"]) => GetOrganization(current, org),
            ("PUT", ["orgs", { Length: > 0 } org, "actions", "oidc", "customization", "sub"]) => PutOrganization(org, body),
            ("GET", ["repos", { Length: > 0 } owner, { Length: > 0 } repo, "actions", "oidc", "customization", "sub"]) => GetRepository(current, $"{owner}/{repo}"),
            ("PUT", ["repos", { Length: > 0 } owner, { Length: > 0 } repo, "actions", "oidc", "customization", "sub"]) => PutRepository($"{owner}/{repo}", body),
            ("PUT", ["enterprises", { Length: > 0 } slug, "actions", "oidc", "customization", "issuer"]) => PutEnterpriseIssuer(slug, body),
            ("GET", ["orgs" or "enterprises", { Length: > 0 } name, "actions", "oidc", "customization", "properties", "repo"]) => GetProperties(current, path[0], name),
            ("POST", ["orgs" or "enterprises", { Length: > 0 } name, "actions", "oidc", "customization", "properties", "repo"]) => PostProperty(current, path[0], name, body),
            ("DELETE", ["orgs" or "enterprises", { Length: > 0 } name, "actions", "oidc", "customization", "properties", "repo", var property]) =>
                DeleteProperty(current, path[0], name, property),
            _ => Fault(404, "Not Found"),
        };
    }

    private static Answer GetOrganization(IssuerSettings current, string org)
    {
        var keys = current.Organizations.GetValueOrDefault(org, OwnerSettings.None).IncludeClaimKeys;
        return Json(200, json => WriteKeys(json, keys.IsEmpty ? ["repo", "context"] : keys));
    }

    private Answer PutOrganization(string org, Fields body)
    {
        var keys = body.Keys(isRequired: true);
        var immutable = body.Flag("use_immutable_subject", isRequired: false);
        if (body.Fault is { } fault)
        {
            return Fault(422, fault);
        }

        return Change(
            current => current with
            {
                Organizations = current.Organizations.SetItem(org, current.Organizations.GetValueOrDefault(org, OwnerSettings.None) with
                {
                    IncludeClaimKeys = keys,
                    UseImmutableSubject = immutable,
                }),
            },
            Json(201, _ => { }));
    }

    private Answer GetRepository(IssuerSettings current, string repository)
    {
        var owner = current.Organizations.GetValueOrDefault(repository[..repository.IndexOf('/', StringComparison.Ordinal)], OwnerSettings.None);
        var found = current.Repositories.GetValueOrDefault(repository, RepositorySettings.None).Subject;
        var immutable = found.UseImmutableSubject ?? owner.UseImmutableSubject ?? false;
        return Json(200, json =>
        {
            json.WriteBoolean("use_default", found.UseDefault);
            if (!found.IncludeClaimKeys.IsEmpty)
            {
                WriteKeys(json, found.IncludeClaimKeys);
            }

            json.WriteBoolean("use_immutable_subject", immutable);
            if (prefixOf(repository) is { } prefix)
            {
                json.WriteString("sub_claim_prefix", prefix);
            }
            else if (!immutable)
            {
                json.WriteString("sub_claim_prefix", "repo:" + repository);
            }
        });
    }

    /// <summary>Replaces: what is left out is as if it had never been set.</summary>
    private Answer PutRepository(string repository, Fields body)
    {
        var useDefault = body.Flag("use_default", isRequired: true);
        var keys = body.Keys(isRequired: false);
        var immutable = body.Flag("use_immutable_subject", isRequired: false);
        if (body.Fault is { } fault)
        {
            return Fault(422, fault);
        }

        return Change(
            current => current with
            {
                Repositories = current.Repositories.SetItem(repository, current.Repositories.GetValueOrDefault(repository, RepositorySettings.None) with
                {
                    Subject = new SubjectCustomization(useDefault!.Value, keys) { UseImmutableSubject = immutable },
                }),
            },
            Json(201, _ => { }));
    }

    private Answer PutEnterpriseIssuer(string slug, Fields body)
    {
        var own = body.Flag("include_enterprise_slug", isRequired: false) ?? false;
        return body.Fault is { } fault ? Fault(422, fault) : Change(
            current => current with
            {
                EnterprisesWithOwnIssuer = own ? current.EnterprisesWithOwnIssuer.Add(slug) : current.EnterprisesWithOwnIssuer.Remove(slug),
            },
            NoContent);
    }

    private static Answer GetProperties(IssuerSettings current, string kind, string name) => new(200, Discovery.Json(json =>
    {
        json.WriteStartArray();
        foreach (var property in PropertiesOf(current, kind, name))
        {
            json.WriteStartObject();
            WriteProperty(json, kind, property);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }));

    private Answer PostProperty(IssuerSettings current, string kind, string name, Fields body)
    {
        var property = body.Text("custom_property_name");
        if (body.Fault is { } fault)
        {
            return Fault(422, fault);
        }

        var properties = PropertiesOf(current, kind, name);
        return properties.Contains(property!)
            ? Fault(422, $"Property '{property}' is already included in the OIDC token")
            : Change(before => WithProperties(before, kind, name, properties.Add(property!)), Json(201, json => WriteProperty(json, kind, property!)));
    }

    private Answer DeleteProperty(IssuerSettings current, string kind, string name, string property)
    {
        var properties = PropertiesOf(current, kind, name);
        return properties.Contains(property)
            ? Change(before => WithProperties(before, kind, name, properties.Remove(property)), NoContent)
            : Fault(404, "Not Found");
    }

    private static ImmutableArray<string> PropertiesOf(IssuerSettings current, string kind, string name) => kind == "orgs"
        ? current.Organizations.GetValueOrDefault(name, OwnerSettings.None).Properties
        : current.EnterpriseProperties.GetValueOrDefault(name, []);

    private static IssuerSettings WithProperties(IssuerSettings current, string kind, string name, ImmutableArray<string> properties) => kind == "orgs"
        ? current with { Organizations = current.Organizations.SetItem(name, current.Organizations.GetValueOrDefault(name, OwnerSettings.None) with { Properties = properties }) }
        : current with { EnterpriseProperties = current.EnterpriseProperties.SetItem(name, properties) };

    private Answer Change(Func<IssuerSettings, IssuerSettings> change, Answer done) =>
        settings.Change(change) is { IsEmpty: false } problems ? Fault(500, IssuerSettingsFile.Line(problems)) : done;

    private bool MayCustomise(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        return space > 0
            && authorization[..space].ToUpperInvariant() is "BEARER" or "TOKEN"
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[(space + 1)..].Trim()), Encoding.UTF8.GetBytes(token));
    }

    /// <summary>The body; null when it is too large.</summary>
    private static async Task<byte[]?> ReadBody(HttpContext http)
    {
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
            if (read.IsCompleted || read.Buffer.Length > LargestBody)
            {
                var body = read.Buffer.Length > LargestBody ? null : read.Buffer.ToArray();
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            http.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static void WriteProperty(Utf8JsonWriter json, string kind, string property)
    {
        json.WriteString("custom_property_name", property);
        json.WriteString("inclusion_source", kind == "orgs" ? "organization" : "enterprise");
    }

    private static void WriteKeys(Utf8JsonWriter json, ImmutableArray<string> keys)
    {
        json.WriteStartArray("include_claim_keys");
        foreach (var key in keys)
        {
            json.WriteStringValue(key);
        }

        json.WriteEndArray();
    }

    private static Answer Json(int status, Action<Utf8JsonWriter> members) => new(status, Discovery.Json(json =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    }));

    private static Answer Fault(int status, string message) => Json(status, json =>
    {
        json.WriteString("message", message);
        json.WriteString("documentation_url", "https://docs.github.com/rest/actions/oidc");
        json.WriteString("status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    });

    /// <summary>The members of a body, and the first thing wrong with them in the words of GitHub's schema validation.</summary>
    private sealed class Fields(JsonDocument? body)
    {
        public string? Fault { get; private set; }

        public bool? Flag(string name, bool isRequired)
        {
            if (Find(name, isRequired) is not { } value)
            {
                return null;
            }

            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                return value.GetBoolean();
            }

            Mistyped(name, value, "a boolean");
            return null;
        }

        public string? Text(string name)
        {
            if (Find(name, isRequired: true) is not { } value)
            {
                return null;
            }

            if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
            {
                return text;
            }

            Mistyped(name, value, "a string");
            return null;
        }

        public ImmutableArray<string> Keys(bool isRequired)
        {
            const string Name = "include_claim_keys";
            if (Find(Name, isRequired) is not { } list)
            {
                return [];
            }

            if (list.ValueKind != JsonValueKind.Array)
            {
                Mistyped(Name, list, "an array");
                return [];
            }

            var position = 0;
            foreach (var item in list.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.String)
                {
                    Mistyped($"{Name}/{position}", item, "a string");
                    return [];
                }

                position++;
            }

            ImmutableArray<string> keys = [.. list.EnumerateArray().Select(key => key.GetString()!)];
            Fault ??= SubjectTemplate.FaultOf(keys);
            return keys;
        }

        private JsonElement? Find(string name, bool isRequired)
        {
            if (body is not null && body.RootElement.TryGetProperty(name, out var value))
            {
                return value;
            }

            Fault ??= isRequired ? $"Invalid request.\n\n\"{name}\" wasn't supplied." : null;
            return null;
        }

        private void Mistyped(string name, JsonElement value, string wanted) => Fault ??= $"Invalid request.\n\nFor 'properties/{name}', {value.GetRawText()} is not {wanted}.";
    }
}
