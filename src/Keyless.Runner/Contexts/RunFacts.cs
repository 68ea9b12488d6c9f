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

    public string Owner => Repository[..Repository.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Whether the event brings code of another repository: then there are no secrets and no tokens. GitHub Docs, "Events that trigger workflows", pull_request.</summary>
    public bool IsPullRequestOfFork =>
        Event is "pull_request" or "pull_request_review" or "pull_request_review_comment"
        && Payload["pull_request"]["head"]["repo"]["full_name"].ToText() is { Length: > 0 } head
        && !head.Equals(Repository, StringComparison.OrdinalIgnoreCase);

    /// <summary><c>ref_name</c>: without <c>refs/heads/</c>, <c>refs/tags/</c> or <c>refs/pull/</c>.</summary>
    public string RefName => Ref.Split('/', 3) is ["refs", "heads" or "tags" or "pull", var name] ? name : Ref;

    public string RefType => Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch";

    public string WorkflowRef => $"{Repository}/{WorkflowPath}@{(Ref.Length > 0 ? Ref : Sha)}";
}
