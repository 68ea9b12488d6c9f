using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Oidc;
using Keyless.Server.Storage;

namespace Keyless.Server.Oidc;

/// <summary>
/// The settings as a file, <c>oidc.json</c> of the data folder: what GitHub's REST API sets, and the mapping rules, which it does not know.
/// </summary>
public sealed class IssuerSettingsFile
{
    public const string FileName = "oidc.json";

    private readonly Lock _gate = new();
    private readonly string? _path;
    private IssuerSettings _settings = IssuerSettings.None;
    private DateTime _readAt;

    /// <param name="folder">The data folder; null keeps the settings in memory.</param>
    public IssuerSettingsFile(string? folder) => _path = folder is null ? null : Path.Combine(folder, FileName);

    /// <summary>The settings now; a file that somebody edited counts at once.</summary>
    public IssuerSettings Current
    {
        get
        {
            lock (_gate)
            {
                if (_path is not null && File.Exists(_path) && File.GetLastWriteTimeUtc(_path) is var written && written != _readAt)
                {
                    _settings = Parse(File.ReadAllBytes(_path), _path);
                    _readAt = written;
                }

                return _settings;
            }
        }
    }

    /// <summary>Changes the settings and keeps them.</summary>
    public void Change(Func<IssuerSettings, IssuerSettings> change)
    {
        lock (_gate)
        {
            _settings = change(Current);
            if (_path is not null)
            {
                PrivateFile.Replace(_path, Write(_settings));
                _readAt = File.GetLastWriteTimeUtc(_path);
            }
        }
    }

    /// <summary>Reads a settings file; a mistake is an <see cref="InvalidDataException"/> that names it.</summary>
    public static IssuerSettings Parse(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 });
            return Read(document.RootElement, name);
        }
        catch (JsonException mistake)
        {
            throw new InvalidDataException($"`{name}`:{mistake.LineNumber + 1}:{mistake.BytePositionInLine + 1}: this is no JSON", mistake);
        }
        catch (InvalidOperationException mistake)
        {
            throw new InvalidDataException($"`{name}`: a value has the wrong type; expected texts, lists of texts, true or false", mistake);
        }
    }

    private static IssuerSettings Read(JsonElement root, string name)
    {
        var settings = IssuerSettings.None;
        foreach (var section in root.EnumerateObject())
        {
            settings = section.Name switch
            {
                "organizations" => settings with
                {
                    Organizations = settings.Organizations.AddRange(section.Value.EnumerateObject().Select(owner => KeyValuePair.Create(owner.Name, new OwnerSettings
                    {
                        IncludeClaimKeys = Template(owner.Value, name),
                        Properties = Texts(owner.Value, "properties"),
                        UseImmutableSubject = Flag(owner.Value, "use_immutable_subject"),
                    }))),
                },
                "repositories" => settings with
                {
                    Repositories = settings.Repositories.AddRange(section.Value.EnumerateObject().Select(repository => KeyValuePair.Create(
                        repository.Name,
                        new SubjectCustomization(Flag(repository.Value, "use_default") ?? true, Template(repository.Value, name))
                        {
                            UseImmutableSubject = Flag(repository.Value, "use_immutable_subject"),
                        }))),
                },
                "enterprises" => settings with
                {
                    EnterprisesWithOwnIssuer = settings.EnterprisesWithOwnIssuer.Union(section.Value.EnumerateObject()
                        .Where(enterprise => Flag(enterprise.Value, "include_enterprise_slug") == true).Select(enterprise => enterprise.Name)),
                    EnterpriseProperties = settings.EnterpriseProperties.AddRange(section.Value.EnumerateObject()
                        .Select(enterprise => KeyValuePair.Create(enterprise.Name, Texts(enterprise.Value, "properties")))),
                },
                "mapping" => settings with { Mapping = ReadMapping(section.Value) },
                _ => throw new InvalidDataException($"`{name}`: `{section.Name}` is no section; expected one of organizations, repositories, enterprises, mapping"),
            };
        }

        return settings;
    }

    private static ClaimMapping ReadMapping(JsonElement mapping) => new()
    {
        Tags = mapping.TryGetProperty("tags", out var tags) ? [.. tags.EnumerateObject().Select(tag => KeyValuePair.Create(tag.Name, tag.Value.GetString()!))] : [],
        TransitiveTagKeys = Texts(mapping, "transitive_tag_keys"),
        SourceIdentity = mapping.TryGetProperty("source_identity", out var source) ? source.GetString() : null,
        Roles = Texts(mapping, "roles"),
    };

    private static byte[] Write(IssuerSettings settings) => Discovery.Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("organizations");
        foreach (var (name, owner) in settings.Organizations.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(name);
            List(json, "include_claim_keys", owner.IncludeClaimKeys);
            List(json, "properties", owner.Properties);
            Flag(json, "use_immutable_subject", owner.UseImmutableSubject);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("repositories");
        foreach (var (name, repository) in settings.Repositories.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(name);
            json.WriteBoolean("use_default", repository.UseDefault);
            List(json, "include_claim_keys", repository.IncludeClaimKeys);
            Flag(json, "use_immutable_subject", repository.UseImmutableSubject);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("enterprises");
        foreach (var slug in settings.EnterprisesWithOwnIssuer.Union(settings.EnterpriseProperties.Keys).Order(StringComparer.Ordinal))
        {
            json.WriteStartObject(slug);
            json.WriteBoolean("include_enterprise_slug", settings.EnterprisesWithOwnIssuer.Contains(slug));
            List(json, "properties", settings.EnterpriseProperties.GetValueOrDefault(slug, []));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (!settings.Mapping.IsEmpty)
        {
            json.WriteStartObject("mapping");
            json.WriteStartObject("tags");
            foreach (var (key, template) in settings.Mapping.Tags)
            {
                json.WriteString(key, template);
            }

            json.WriteEndObject();
            List(json, "transitive_tag_keys", settings.Mapping.TransitiveTagKeys);
            if (settings.Mapping.SourceIdentity is { } source)
            {
                json.WriteString("source_identity", source);
            }

            List(json, "roles", settings.Mapping.Roles);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    private static ImmutableArray<string> Template(JsonElement owner, string name)
    {
        var keys = Texts(owner, "include_claim_keys");
        return SubjectTemplate.FaultOf(keys) is { } fault ? throw new InvalidDataException($"`{name}`: {fault}") : keys;
    }

    private static ImmutableArray<string> Texts(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];

    private static bool? Flag(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value.GetBoolean() : null;

    private static void List(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void Flag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
        {
            json.WriteBoolean(name, flag);
        }
    }
}
