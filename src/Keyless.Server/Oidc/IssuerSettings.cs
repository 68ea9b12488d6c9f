using System.Collections.Immutable;
using Keyless.Language.Oidc;
using Keyless.Language.Workflow;

namespace Keyless.Server.Oidc;

/// <summary>An organisation's settings for tokens.</summary>
public sealed record OwnerSettings
{
    public static OwnerSettings None { get; } = new();

    /// <summary>The template that its repositories may opt in to.</summary>
    public ImmutableArray<string> IncludeClaimKeys { get; init; } = [];

    /// <summary>Custom properties selected for tokens.</summary>
    public ImmutableArray<string> Properties { get; init; } = [];

    public bool? UseImmutableSubject { get; init; }

    /// <summary>The slug of the enterprise it belongs to.</summary>
    public string? Enterprise { get; init; }

    public string? EnterpriseId { get; init; }
}

/// <summary>A repository's settings for tokens.</summary>
public sealed record RepositorySettings
{
    public static RepositorySettings None { get; } = new();

    public SubjectCustomization Subject { get; init; } = SubjectCustomization.Default;

    /// <summary>Values of its custom properties; a token carries those that its owner selected.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Which refs rules protect: filter patterns of branches, or of full refs.</summary>
    public ImmutableArray<string> ProtectedRefs { get; init; } = [];

    public bool Protects(string reference) => ProtectedRefs.Any(pattern =>
        new FilterPattern(pattern.StartsWith("refs/", StringComparison.Ordinal) ? pattern : "refs/heads/" + pattern).Matches(reference));
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

    public ImmutableDictionary<string, RepositorySettings> Repositories { get; init; } =
        ImmutableDictionary.Create<string, RepositorySettings>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Enterprises whose tokens come from their own issuer, <c>ISSUER/slug</c>.</summary>
    public ImmutableHashSet<string> EnterprisesWithOwnIssuer { get; init; } = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Properties that enterprises selected, by slug.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> EnterpriseProperties { get; init; } =
        ImmutableDictionary.Create<string, ImmutableArray<string>>(StringComparer.OrdinalIgnoreCase);

    public ClaimMapping Mapping { get; init; } = ClaimMapping.None;

    /// <summary>
    /// The job with what its repository's owners chose: template, ids, properties, protection, enterprise. What the job itself says already,
    /// because somebody asked for it, stays.
    /// </summary>
    public JobFacts Apply(JobFacts job)
    {
        var organization = Organizations.GetValueOrDefault(job.Repository[..job.Repository.IndexOf('/', StringComparison.Ordinal)], OwnerSettings.None);
        var repository = Repositories.GetValueOrDefault(job.Repository, RepositorySettings.None);
        var enterprise = job.Enterprise ?? organization.Enterprise;
        var selected = organization.Properties.AddRange(enterprise is null ? [] : EnterpriseProperties.GetValueOrDefault(enterprise, []));
        return job with
        {
            SubjectTemplate = job.SubjectTemplate.IsDefaultOrEmpty ? repository.Subject.TemplateUnder(organization.IncludeClaimKeys) : job.SubjectTemplate,
            ImmutableSubject = job.ImmutableSubject ?? repository.Subject.UseImmutableSubject ?? organization.UseImmutableSubject,
            Properties = selected.IsEmpty ? job.Properties : repository.Properties.SetItems(job.Properties).Where(property => selected.Contains(property.Key)).ToImmutableSortedDictionary(),
            RefProtected = job.RefProtected || repository.Protects(job.Ref),
            Enterprise = enterprise,
            EnterpriseId = job.EnterpriseId ?? (enterprise == organization.Enterprise ? organization.EnterpriseId : null),
        };
    }

    /// <summary>The issuer of a job's tokens: the enterprise's own where it has switched that on.</summary>
    public string IssuerOf(JobFacts job, string issuer) =>
        job.Enterprise is { } slug && EnterprisesWithOwnIssuer.Contains(slug) ? $"{issuer}/{slug}" : issuer;
}
