using Keyless.Language.Oidc;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Runner.Contexts;

/// <summary>What is the same for every job of a run.</summary>
public sealed record RunFacts
{
    public required string Event { get; init; }

    /// <summary><c>owner/name</c>.</summary>
    public required string Repository { get; init; }

    public required string RepositoryId { get; init; }

    public required string OwnerId { get; init; }

    public required string Visibility { get; init; }

    public required string Actor { get; init; }

    public required string ActorId { get; init; }

    public required string Ref { get; init; }

    public required string Sha { get; init; }

    public string HeadRef { get; init; } = "";

    public string BaseRef { get; init; } = "";

    /// <summary>The top-level workflow file in the repository.</summary>
    public required string WorkflowPath { get; init; }

    /// <summary>Its <c>name</c>, or its path.</summary>
    public required string WorkflowName { get; init; }

    public required string RunId { get; init; }

    public required string RunNumber { get; init; }

    public required ObjectValue Payload { get; init; }

    public bool ImmutableSubject { get; init; }

    public DateTimeOffset? RepositoryCreatedAt { get; init; }

    /// <summary>A pull request from another repository.</summary>
    public bool FromFork { get; init; }

    public string? PullRequestAuthor { get; init; }

    public string? Enterprise { get; init; }

    public string? EnterpriseId { get; init; }

    /// <summary>What the tokens of all its jobs say alike.</summary>
    public JobFacts Job => new()
    {
        Repository = Repository,
        RepositoryId = RepositoryId,
        OwnerId = OwnerId,
        Visibility = Visibility,
        Ref = Ref,
        Sha = Sha,
        EventName = Event,
        HeadRef = HeadRef,
        BaseRef = BaseRef,
        Actor = Actor,
        ActorId = ActorId,
        Workflow = WorkflowName,
        WorkflowPath = WorkflowPath,
        RunId = RunId,
        RunNumber = RunNumber,
        RunnerEnvironment = "github-hosted",
        ImmutableSubject = ImmutableSubject ? true : null,
        RepositoryCreatedAt = RepositoryCreatedAt,
        FromFork = FromFork,
        PullRequestAuthor = PullRequestAuthor,
        Enterprise = Enterprise,
        EnterpriseId = EnterpriseId,
    };

    public string Owner => Repository[..Repository.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Whether the event brings code of another repository: then there are no secrets and no tokens. GitHub Docs, "Events that trigger workflows", pull_request.</summary>
    public bool IsPullRequestOfFork => FromFork && Event is ("pull_request" or "pull_request_review" or "pull_request_review_comment");

    /// <summary><c>ref_name</c>: without <c>refs/heads/</c>, <c>refs/tags/</c> or <c>refs/pull/</c>.</summary>
    public string RefName => Ref.Split('/', 3) is ["refs", "heads" or "tags" or "pull", var name] ? name : Ref;

    public string RefType => Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch";

    public string WorkflowRef => $"{Repository}/{WorkflowPath}@{(Ref.Length > 0 ? Ref : Sha)}";
}
