using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Diagnostics;
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
    private IssuerSettings? _settings = IssuerSettings.None;
    private ImmutableArray<Diagnostic> _problems = [];
    private DateTime _readAt;

    /// <param name="folder">The data folder; null keeps the settings in memory.</param>
    public IssuerSettingsFile(string? folder) => _path = folder is null ? null : Path.Combine(folder, FileName);

    /// <summary>The settings now; a file that somebody edited counts at once. A mistake in it is told, and then there are no settings: no token is better than a wrong one.</summary>
    public (IssuerSettings? Settings, ImmutableArray<Diagnostic> Problems) Read()
    {
        lock (_gate)
        {
            if (_path is not null && File.Exists(_path) && File.GetLastWriteTimeUtc(_path) is var written && written != _readAt)
            {
                var (settings, problems) = IssuerSettingsReader.Read(new SourceText(FileName, File.ReadAllText(_path)));
                (_settings, _problems) = (problems.IsEmpty ? settings : null, problems);
                _readAt = written;
            }

            return (_settings, _problems);
        }
    }

    /// <summary>Changes the settings and keeps them. A file with mistakes is not written over: somebody is editing it.</summary>
    public ImmutableArray<Diagnostic> Change(Func<IssuerSettings, IssuerSettings> change)
    {
        lock (_gate)
        {
            var (current, problems) = Read();
            if (current is null)
            {
                return problems;
            }

            _settings = change(current);
            if (_path is not null)
            {
                PrivateFile.Replace(_path, Write(_settings));
                _readAt = File.GetLastWriteTimeUtc(_path);
            }

            return [];
        }
    }

    /// <summary>The first mistake in one line: <c>oidc.json:4:20: ...</c>.</summary>
    public static string Line(ImmutableArray<Diagnostic> problems)
    {
        var first = problems[0];
        return $"{first.Source.Name}:{first.Start.Line}:{first.Start.Column}: {first.Message}{(first.Help is { } help ? $"; {help}" : "")}";
    }

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
            Text(json, "enterprise", owner.Enterprise);
            Text(json, "enterprise_id", owner.EnterpriseId);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("repositories");
        foreach (var (name, repository) in settings.Repositories.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(name);
            json.WriteBoolean("use_default", repository.Subject.UseDefault);
            List(json, "include_claim_keys", repository.Subject.IncludeClaimKeys);
            Flag(json, "use_immutable_subject", repository.Subject.UseImmutableSubject);
            if (!repository.Properties.IsEmpty)
            {
                Pairs(json, "properties", repository.Properties);
            }

            List(json, "protected_refs", repository.ProtectedRefs);
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
            Pairs(json, "tags", settings.Mapping.Tags);
            List(json, "transitive_tag_keys", settings.Mapping.TransitiveTagKeys);
            Text(json, "source_identity", settings.Mapping.SourceIdentity);
            List(json, "roles", settings.Mapping.Roles);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

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

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Pairs(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
