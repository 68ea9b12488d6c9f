using System.Collections.Immutable;
using System.Text.Json;
using Keyless.Language.Oidc;

namespace Keyless.Server.Oidc;

/// <summary>An organisation's or enterprise's settings for tokens.</summary>
public sealed record OwnerSettings
{
    public static OwnerSettings None { get; } = new();

    /// <summary>The template that its repositories may opt in to.</summary>
    public ImmutableArray<string> IncludeClaimKeys { get; init; } = [];

    /// <summary>Custom properties selected for tokens.</summary>
    public ImmutableArray<string> Properties { get; init; } = [];

    public bool? UseImmutableSubject { get; init; }
}

/// <summary>Optional claims that GitHub does not write and AWS understands: what each takes its value from.</summary>
public sealed record ClaimMapping
{
    public static ClaimMapping None { get; } = new();

    /// <summary>Session tags: the tag's key, and a text with <c>{claim}</c> in it.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Tags { get; init; } = [];

    public ImmutableArray<string> TransitiveTagKeys { get; init; } = [];

    public string? SourceIdentity { get; init; }

    /// <summary>The only roles that tokens may take.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    public bool IsEmpty => Tags.IsEmpty && SourceIdentity is null && Roles.IsEmpty;
}

/// <summary>Everything that can be customised about tokens; GitHub's REST API and a settings file both write it.</summary>
public sealed record IssuerSettings
{
    public static IssuerSettings None { get; } = new();

    public ImmutableDictionary<string, OwnerSettings> Organizations { get; init; } = ImmutableDictionary.Create<string, OwnerSettings>(StringComparer.OrdinalIgnoreCase);

    public ImmutableDictionary<string, SubjectCustomization> Repositories { get; init; } =
        ImmutableDictionary.Create<string, SubjectCustomization>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Enterprises whose tokens come from their own issuer, <c>ISSUER/slug</c>.</summary>
    public ImmutableHashSet<string> EnterprisesWithOwnIssuer { get; init; } = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Properties that enterprises selected, by slug.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> EnterpriseProperties { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<string>>(StringComparer.OrdinalIgnoreCase);

    public ClaimMapping Mapping { get; init; } = ClaimMapping.None;

    /// <summary>The job with the template, ids and properties that its owners chose.</summary>
    public JobFacts Apply(JobFacts job)
    {
        var organization = Organizations.GetValueOrDefault(job.Repository[..job.Repository.IndexOf('/', StringComparison.Ordinal)]) ?? OwnerSettings.None;
        if (Repositories.TryGetValue(job.Repository, out var repository))
        {
            job = job with { SubjectTemplate = repository.TemplateUnder(organization.IncludeClaimKeys) };
        }

        var selected = organization.Properties.AddRange(job.Enterprise is { } slug ? EnterpriseProperties.GetValueOrDefault(slug, []) : []);
        return job with
        {
            ImmutableSubject = repository?.UseImmutableSubject ?? organization.UseImmutableSubject ?? job.ImmutableSubject,
            Properties = selected.IsEmpty ? job.Properties : job.Properties.Where(property => selected.Contains(property.Key)).ToImmutableSortedDictionary(),
        };
    }

    /// <summary>The issuer of a job's tokens: the enterprise's own where it has switched that on.</summary>
    public string IssuerOf(JobFacts job, string issuer) =>
        job.Enterprise is { } slug && EnterprisesWithOwnIssuer.Contains(slug) ? $"{issuer}/{slug}" : issuer;
}

/// <summary>Writes the mapped claims. Off unless the settings hold rules.</summary>
public static class MappedClaims
{
    public static ImmutableArray<KeyValuePair<string, string>> Of(ClaimMapping mapping, ImmutableArray<Claim> claims)
    {
        if (mapping.IsEmpty)
        {
            return [];
        }

        var mapped = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        if (!mapping.Tags.IsEmpty)
        {
            mapped.Add(new("https://aws.amazon.com/tags", Discovery.Text(json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("principal_tags");
                foreach (var (key, template) in mapping.Tags)
                {
                    json.WriteStartArray(key);
                    json.WriteStringValue(Clean(Fill(template, claims), 256, IsTagCharacter));
                    json.WriteEndArray();
                }

                json.WriteEndObject();
                json.WriteStartArray("transitive_tag_keys");
                foreach (var key in mapping.TransitiveTagKeys)
                {
                    json.WriteStringValue(key);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            })));
        }

        if (mapping.SourceIdentity is { } source)
        {
            mapped.Add(new("https://aws.amazon.com/source_identity", Discovery.Text(json => json.WriteStringValue(Clean(Fill(source, claims), 64, IsNameCharacter)))));
        }

        if (!mapping.Roles.IsEmpty)
        {
            mapped.Add(new("https://aws.amazon.com/roles", Discovery.Text(json =>
            {
                json.WriteStartArray();
                foreach (var role in mapping.Roles)
                {
                    json.WriteStringValue(Fill(role, claims));
                }

                json.WriteEndArray();
            })));
        }

        return mapped.ToImmutable();
    }

    private static string Fill(string template, ImmutableArray<Claim> claims)
    {
        foreach (var claim in claims)
        {
            template = template.Replace("{" + claim.Name + "}", claim.Text, StringComparison.Ordinal);
        }

        return template;
    }

    /// <summary>AWS refuses what its patterns do not allow, so other characters become <c>_</c>, as the published action does.</summary>
    private static string Clean(string text, int longest, Func<char, bool> allowed) =>
        string.Concat(text.Take(longest).Select(c => allowed(c) ? c : '_'));

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || "_+=,.@-".Contains(c, StringComparison.Ordinal);

    private static bool IsTagCharacter(char c) => char.IsLetterOrDigit(c) || char.IsSeparator(c) || "_.:/=+-@".Contains(c, StringComparison.Ordinal);
}
