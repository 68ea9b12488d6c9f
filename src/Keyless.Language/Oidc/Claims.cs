using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Keyless.Language.Oidc;

/// <summary>What the issuer decides about one token, apart from the job.</summary>
/// <param name="Issuer">Without a trailing slash.</param>
/// <param name="Audience">As asked for; null for GitHub's default, the URL of the repository's owner.</param>
/// <param name="Id">The <c>jti</c>: new for every token.</param>
public sealed record TokenTerms(string Issuer, string? Audience, DateTimeOffset IssuedAt, string Id)
{
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(5);

    public TimeSpan Lifetime { get; init; } = DefaultLifetime;

    /// <summary>How long before its issue the token is already valid.</summary>
    public TimeSpan Backdating { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The GitHub server whose owner pages are the default audience.</summary>
    public string ServerUrl { get; init; } = "https://github.com";

    /// <summary>Further claims, from the issuer's mapping rules: a name and its JSON value.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Extra { get; init; } = [];
}

/// <summary>One claim: a string, or a number of seconds.</summary>
/// <param name="IsJson">True when <paramref name="Text"/> is a JSON value to be written as it stands: numbers and mapped claims.</param>
public readonly record struct Claim(string Name, string Text, bool IsJson);

/// <summary>Every claim of a job's token. GitHub Docs, "OpenID Connect reference", OIDC token claims.</summary>
public static class Claims
{
    /// <summary>The claims in the order in which GitHub writes them: alphabetical.</summary>
    public static ImmutableArray<Claim> Of(JobFacts job, TokenTerms terms)
    {
        var issued = terms.IssuedAt.ToUnixTimeSeconds();
        var claims = new List<Claim>(40)
        {
            new("iss", terms.Issuer, IsJson: false),
            new("aud", terms.Audience ?? DefaultAudience(job, terms.ServerUrl), IsJson: false),
            new("sub", Subject.Of(job), IsJson: false),
            new("jti", terms.Id, IsJson: false),
            Seconds("iat", issued),
            Seconds("nbf", issued - (long)terms.Backdating.TotalSeconds),
            Seconds("exp", issued + (long)terms.Lifetime.TotalSeconds),
        };
        foreach (var name in ClaimCatalogue.JobClaims)
        {
            if (JobValue(job, name) is { } value)
            {
                claims.Add(new Claim(name, value, IsJson: false));
            }
        }

        foreach (var (name, value) in job.Properties)
        {
            claims.Add(new Claim("repo_property_" + name, value, IsJson: false));
        }

        foreach (var (name, json) in terms.Extra)
        {
            claims.Add(new Claim(name, json, IsJson: true));
        }

        claims.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return [.. claims];
    }

    /// <summary>The claims as the token's payload.</summary>
    public static byte[] ToJson(ImmutableArray<Claim> claims)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var claim in claims)
            {
                json.WritePropertyName(claim.Name);
                if (claim.IsJson)
                {
                    json.WriteRawValue(claim.Text);
                }
                else
                {
                    json.WriteStringValue(claim.Text);
                }
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The audience when the request names none: the URL of the repository's owner.</summary>
    public static string DefaultAudience(JobFacts job, string serverUrl) => $"{serverUrl}/{Owner(job)}";

    /// <summary>The value of a claim that depends on the job alone; null when its token lacks that claim.</summary>
    internal static string? JobValue(JobFacts job, string name) => name switch
    {
        "actor" => job.Actor,
        "actor_id" => job.ActorId,
        "base_ref" => job.BaseRef,
        "check_run_id" => job.CheckRunId,
        "enterprise" => job.Enterprise,
        "enterprise_id" => job.EnterpriseId,
        "environment" => job.Environment,
        "environment_node_id" => job.Environment is { } environment ? NodeId(job, environment) : null,
        "event_name" => job.EventName,
        "head_ref" => job.HeadRef,
        "job_workflow_ref" => job.JobWorkflowRef ?? WorkflowRef(job),
        "job_workflow_sha" => job.JobWorkflowSha ?? job.Sha,
        "ref" => job.Ref,
        "ref_protected" => job.RefProtected ? "true" : "false",
        "ref_type" => job.Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch",
        "repository" => job.Repository,
        "repository_id" => job.RepositoryId,
        "repository_owner" => Owner(job),
        "repository_owner_id" => job.OwnerId,
        "repository_visibility" => job.Visibility,
        "run_attempt" => job.RunAttempt,
        "run_id" => job.RunId,
        "run_number" => job.RunNumber,
        "runner_environment" => job.RunnerEnvironment,
        "sha" => job.Sha,
        "workflow" => job.Workflow,
        "workflow_ref" => WorkflowRef(job),
        "workflow_sha" => job.Sha,
        _ => null,
    };

    /// <summary>A template key's value: any claim of the job, properties included; null when the token lacks it.</summary>
    internal static string? TemplateValue(JobFacts job, string key) =>
        key.StartsWith("repo_property_", StringComparison.Ordinal)
            ? job.Properties.GetValueOrDefault(key["repo_property_".Length..])
            : JobValue(job, key);

    private static string Owner(JobFacts job) => job.Repository[..job.Repository.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The top-level file, at the run's ref, or at its commit where there is no ref.</summary>
    private static string WorkflowRef(JobFacts job) => $"{job.Repository}/{job.WorkflowPath}@{(job.Ref.Length > 0 ? job.Ref : job.Sha)}";

    /// <summary>GitHub's node ids are opaque; ours are stable for one environment of one repository.</summary>
    private static string NodeId(JobFacts job, string environment)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{job.RepositoryId}\n{environment.ToUpperInvariant()}"));
        return "EN_kwDO" + Base64UrlText.Encode(hash.AsSpan(0, 12));
    }

    private static Claim Seconds(string name, long value) => new(name, value.ToString(CultureInfo.InvariantCulture), IsJson: true);
}
