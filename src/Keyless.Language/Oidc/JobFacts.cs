using System.Collections.Immutable;

namespace Keyless.Language.Oidc;

/// <summary>
/// What GitHub knows about a running job when it signs a token: the input of <c>Subject</c> and <c>Claims</c>. Absent means
/// unknown to the caller; what an event implies is filled in by the claims, not here.
/// </summary>
public sealed record JobFacts
{
    /// <summary><c>owner/name</c> in canonical case.</summary>
    public required string Repository { get; init; }

    public string RepositoryId { get; init; } = "1";

    public string OwnerId { get; init; } = "1";

    /// <summary><c>public</c>, <c>private</c> or <c>internal</c>.</summary>
    public string Visibility { get; init; } = "private";

    /// <summary>The full ref, <c>refs/heads/main</c>; empty for a deployment of a bare commit.</summary>
    public string Ref { get; init; } = "refs/heads/main";

    public string Sha { get; init; } = new('0', 40);

    public string EventName { get; init; } = "push";

    /// <summary>The environment with its own case; null when the job names none.</summary>
    public string? Environment { get; init; }

    public string HeadRef { get; init; } = "";

    public string BaseRef { get; init; } = "";

    public string Actor { get; init; } = "octocat";

    public string ActorId { get; init; } = "583231";

    /// <summary>The id of an account that GitHub itself has; null for others.</summary>
    public static string? KnownActorId(string login) => login switch
    {
        "octocat" => "583231",
        "dependabot[bot]" => "49699333",
        "github-actions[bot]" => "41898282",
        _ => null,
    };

    /// <summary>The workflow's <c>name:</c>, or its path.</summary>
    public string Workflow { get; init; } = ".github/workflows/workflow.yml";

    /// <summary>The path of the top-level workflow file in the repository.</summary>
    public string WorkflowPath { get; init; } = ".github/workflows/workflow.yml";

    /// <summary><c>owner/repo/path@ref</c> of the file that defines this job; null when that is the top-level file.</summary>
    public string? JobWorkflowRef { get; init; }

    public string? JobWorkflowSha { get; init; }

    public string RunId { get; init; } = "1";

    public string RunNumber { get; init; } = "1";

    public string RunAttempt { get; init; } = "1";

    public string CheckRunId { get; init; } = "1";

    public string RunnerEnvironment { get; init; } = "github-hosted";

    public bool RefProtected { get; init; }

    public string? Enterprise { get; init; }

    public string? EnterpriseId { get; init; }

    /// <summary>Custom properties selected for tokens, by name without the <c>repo_property_</c> prefix.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Whether the repository's subjects carry ids (<c>repo:o@1/r@2:...</c>); null leaves it to the repository's age.</summary>
    public bool? ImmutableSubject { get; init; }

    /// <summary>When the repository was made; null when unknown.</summary>
    public DateTimeOffset? RepositoryCreatedAt { get; init; }

    /// <summary>Repositories made after 15 July 2026 have ids in their subjects unless they are told otherwise. GitHub Changelog.</summary>
    public bool HasIdsInSubject => ImmutableSubject ?? (RepositoryCreatedAt >= new DateTimeOffset(2026, 7, 16, 0, 0, 0, TimeSpan.Zero));

    /// <summary>The customised subject template's <c>include_claim_keys</c>; empty for GitHub's default.</summary>
    public ImmutableArray<string> SubjectTemplate { get; init; } = [];

    /// <summary>
    /// Whether a pull_request_target job's subject says <c>pull_request</c>. GitHub documents no form for it; its ref is the
    /// default branch, so by default the subject is that of a push there.
    /// </summary>
    public bool PullRequestTargetIsPullRequest { get; init; }

    /// <summary>A pull request from another repository. No claim says so; it decides whether there is a token.</summary>
    public bool FromFork { get; init; }

    /// <summary>Who opened the pull request; null when unknown or none.</summary>
    public string? PullRequestAuthor { get; init; }
}
