using System.Globalization;
using Keyless.Language.Tree;

namespace Keyless.Language.Oidc;

/// <summary>Ref, commit and branches of a run as its event decides them, and what else the event's payload tells about the run.</summary>
public sealed record EventFacts(string Ref, string Sha, string HeadRef, string BaseRef)
{
    private const string DefaultTag = "v1.0.0";

    /// <summary>What the caller knows without the event.</summary>
    /// <param name="Ref">The full ref that is checked out or was asked for.</param>
    /// <param name="DefaultBranch">By name, <c>main</c>.</param>
    public sealed record Known(string Ref, string Sha, string DefaultBranch)
    {
        /// <summary>
        /// The user named the ref. For an event that always runs on the default branch he then says, without a payload, which that is.
        /// </summary>
        public bool RefIsGiven { get; init; }

        /// <summary>The repository the run is in, as far as it is known; the payload's own counts where it names one.</summary>
        public string? Repository { get; init; }
    }

    /// <summary>A pull request whose code is another repository's, or that of one that is gone.</summary>
    public bool FromFork { get; private init; }

    /// <summary>Who opened the pull request; null when the payload does not say.</summary>
    public string? PullRequestAuthor { get; private init; }

    /// <summary><c>owner/name</c> as the payload has it; like everything below null where it does not say.</summary>
    public string? Repository { get; private init; }

    public string? RepositoryId { get; private init; }

    public string? OwnerId { get; private init; }

    public string? Visibility { get; private init; }

    public DateTimeOffset? RepositoryCreatedAt { get; private init; }

    /// <summary>The payload's <c>sender</c>.</summary>
    public string? Actor { get; private init; }

    public string? ActorId { get; private init; }

    public string? Enterprise { get; private init; }

    public string? EnterpriseId { get; private init; }

    /// <summary>GitHub Docs, "Events that trigger workflows": GITHUB_REF and GITHUB_SHA for each event.</summary>
    /// <param name="payload">The event's payload; null synthesises what the event implies.</param>
    public static EventFacts Of(string eventName, Node? payload, Known known)
    {
        var repository = Text(payload, "repository", "full_name");
        return OfRef(eventName, payload, known) with
        {
            FromFork = IsOfFork(eventName, payload, repository ?? known.Repository),
            PullRequestAuthor = Text(payload, "pull_request", "user", "login"),
            Repository = repository,
            RepositoryId = Text(payload, "repository", "id"),
            OwnerId = Text(payload, "repository", "owner", "id"),
            Visibility = Text(payload, "repository", "visibility") ?? (Text(payload, "repository", "private") is { } isPrivate ? isPrivate == "true" ? "private" : "public" : null),
            RepositoryCreatedAt = Time(Text(payload, "repository", "created_at")),
            Actor = Text(payload, "sender", "login"),
            ActorId = Text(payload, "sender", "id"),
            Enterprise = Text(payload, "enterprise", "slug"),
            EnterpriseId = Text(payload, "enterprise", "id"),
        };
    }

    private static EventFacts OfRef(string eventName, Node? payload, Known known)
    {
        var branch = Text(payload, "repository", "default_branch") ?? known.DefaultBranch;
        var onDefault = new EventFacts("refs/heads/" + branch, known.Sha, "", "");
        switch (eventName)
        {
            case "push":
                var deleted = Text(payload, "deleted") == "true";
                return deleted ? onDefault : new EventFacts(Text(payload, "ref") ?? known.Ref, Text(payload, "after") ?? known.Sha, "", "");

            case "create":
                var name = Text(payload, "ref");
                var kind = Text(payload, "ref_type") == "tag" ? "refs/tags/" : "refs/heads/";
                return onDefault with { Ref = name is null ? known.Ref : Full(name, kind) };

            case "pull_request" or "pull_request_review" or "pull_request_review_comment" or "pull_request_target":
                return OfPullRequest(eventName, payload, known, onDefault.Ref);

            case "merge_group":
                var queued = IsQueue(known.Ref) ? known.Ref : $"refs/heads/gh-readonly-queue/{branch}/pr-1-{known.Sha}";
                return new EventFacts(Text(payload, "merge_group", "head_ref") ?? queued, Text(payload, "merge_group", "head_sha") ?? known.Sha, "", "");

            case "workflow_dispatch":
                return onDefault with { Ref = Text(payload, "ref") is { } chosen ? Full(chosen, "refs/heads/") : known.Ref };

            case "release":
                return onDefault with { Ref = Full(Text(payload, "release", "tag_name") ?? (IsTag(known.Ref) ? known.Ref : DefaultTag), "refs/tags/") };

            case "registry_package":
                var commit = Text(payload, "registry_package", "package_version", "target_oid") ?? known.Sha;
                return onDefault with
                {
                    Sha = commit,
                    Ref = Text(payload, "registry_package", "package_version", "release", "tag_name") is { } released ? Full(released, "refs/tags/")
                        : Text(payload, "registry_package", "package_version", "target_commitish") is { } target && !IsCommit(target) ? Full(target, "refs/heads/")
                        : known.Ref,
                };

            case "deployment" or "deployment_status":
                // A payload names branch, tag or commit alike; only the caller's ref can tell that a bare name is a tag.
                var sha = Text(payload, "deployment", "sha") ?? known.Sha;
                var deployed = Text(payload, "deployment", "ref");
                return new EventFacts(
                    deployed is null ? known.Ref
                    : deployed == sha || IsCommit(deployed) ? ""
                    : known.Ref == "refs/tags/" + deployed ? known.Ref
                    : Full(deployed, "refs/heads/"),
                    sha, "", "");

            // schedule, repository_dispatch, workflow_run, issues and all the others run on the default branch.
            default:
                return payload is null && known.RefIsGiven ? onDefault with { Ref = known.Ref } : onDefault;
        }
    }

    private static EventFacts OfPullRequest(string eventName, Node? payload, Known known, string defaultRef)
    {
        var head = Text(payload, "pull_request", "head", "ref") ?? ShortBranch(known.Ref) ?? "feature";
        var into = Text(payload, "pull_request", "base", "ref") ?? known.DefaultBranch;
        var facts = new EventFacts(known.Ref, known.Sha, head, into);
        if (eventName == "pull_request_target")
        {
            // Since 2025-12-08 the default branch, whatever the pull request's base is.
            return facts with { Ref = defaultRef };
        }

        if (Text(payload, "pull_request", "merged") == "true")
        {
            return facts with { Ref = "refs/heads/" + into, Sha = Text(payload, "pull_request", "merge_commit_sha") ?? known.Sha };
        }

        var asked = known.Ref.Split('/') is ["refs", "pull", var part, "merge"] ? part : null;
        var number = Text(payload, "number") ?? Text(payload, "pull_request", "number") ?? asked ?? "1";
        return facts with { Ref = $"refs/pull/{number}/merge", Sha = Text(payload, "pull_request", "merge_commit_sha") ?? known.Sha };
    }

    /// <summary>A payload whose head has no repository is of a fork that was deleted: nobody's code, so a stranger's.</summary>
    private static bool IsOfFork(string eventName, Node? payload, string? repository)
    {
        if (!eventName.StartsWith("pull_request", StringComparison.Ordinal) || Find(payload, "pull_request", "head") is not MappingNode head || head["repo"] is not { } source)
        {
            return false;
        }

        return Text(source, "full_name") is not { } from
            || (Text(payload, "pull_request", "base", "repo", "full_name") ?? repository) is not { } own
            || !from.Equals(own, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsTag(string reference) => reference.StartsWith("refs/tags/", StringComparison.Ordinal);

    private static bool IsQueue(string reference) => reference.StartsWith("refs/heads/gh-readonly-queue/", StringComparison.Ordinal);

    private static bool IsCommit(string name) => name.Length == 40 && name.All(char.IsAsciiHexDigitLower);

    private static string Full(string name, string kind) => name.StartsWith("refs/", StringComparison.Ordinal) ? name : kind + name;

    private static string? ShortBranch(string reference) =>
        reference.StartsWith("refs/heads/", StringComparison.Ordinal) ? reference["refs/heads/".Length..] : null;

    private static string? Text(Node? node, params ReadOnlySpan<string> path) =>
        Find(node, path) is ScalarNode { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    /// <summary>A date; in payloads of pushes the seconds since 1970.</summary>
    private static DateTimeOffset? Time(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date
        : null;

    private static Node? Find(Node? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as MappingNode)?[name];
        }

        return node;
    }
}
