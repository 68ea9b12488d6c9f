using Keyless.Language.Tree;

namespace Keyless.Language.Oidc;

/// <summary>Ref, commit and branches of a run as its event decides them.</summary>
public sealed record EventFacts(string Ref, string Sha, string HeadRef, string BaseRef)
{
    /// <summary>What the caller knows without the event.</summary>
    /// <param name="Ref">The full ref that is checked out or was asked for.</param>
    /// <param name="DefaultBranch">By name, <c>main</c>.</param>
    public sealed record Known(string Ref, string Sha, string DefaultBranch);

    /// <summary>GitHub Docs, "Events that trigger workflows": GITHUB_REF and GITHUB_SHA for each event.</summary>
    /// <param name="payload">The event's payload; null synthesises what the event implies.</param>
    public static EventFacts Of(string eventName, Node? payload, Known known)
    {
        var defaultRef = "refs/heads/" + (Text(payload, "repository", "default_branch") ?? known.DefaultBranch);
        var onDefault = new EventFacts(defaultRef, known.Sha, "", "");
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
                return OfPullRequest(eventName, payload, known, defaultRef);

            case "merge_group":
                return new EventFacts(Text(payload, "merge_group", "head_ref") ?? known.Ref, Text(payload, "merge_group", "head_sha") ?? known.Sha, "", "");

            case "workflow_dispatch":
                return onDefault with { Ref = Text(payload, "ref") is { } chosen ? Full(chosen, "refs/heads/") : known.Ref };

            case "release":
                return onDefault with { Ref = Text(payload, "release", "tag_name") is { } tag ? Full(tag, "refs/tags/") : known.Ref };

            case "registry_package":
                return onDefault with { Ref = known.Ref };

            case "deployment" or "deployment_status":
                var sha = Text(payload, "deployment", "sha") ?? known.Sha;
                var deployed = Text(payload, "deployment", "ref");
                return new EventFacts(deployed is null ? known.Ref : deployed == sha ? "" : Full(deployed, "refs/heads/"), sha, "", "");

            // schedule, repository_dispatch, workflow_run, issues and all the others run on the default branch. A caller
            // that already stands on that branch under another name (`--ref`) says so without a payload.
            default:
                return payload is null ? onDefault with { Ref = known.Ref } : onDefault;
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

        var number = Text(payload, "number") ?? Text(payload, "pull_request", "number") ?? "1";
        return known.Ref.StartsWith("refs/pull/", StringComparison.Ordinal) && payload is null
            ? facts with { HeadRef = "feature" }
            : facts with { Ref = $"refs/pull/{number}/merge", Sha = Text(payload, "pull_request", "merge_commit_sha") ?? known.Sha };
    }

    private static string Full(string name, string kind) => name.StartsWith("refs/", StringComparison.Ordinal) ? name : kind + name;

    private static string? ShortBranch(string reference) =>
        reference.StartsWith("refs/heads/", StringComparison.Ordinal) ? reference["refs/heads/".Length..] : null;

    private static string? Text(Node? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as MappingNode)?[name];
        }

        return node is ScalarNode { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;
    }
}
