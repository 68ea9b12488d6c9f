using System.Globalization;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Git;

namespace Keyless.Runner.Events;

/// <summary>Who and what an event is about.</summary>
/// <param name="Repository"><c>owner/name</c>.</param>
/// <param name="Ref">The full ref of the run.</param>
public sealed record EventSubject(string Event, string Repository, string RepositoryId, string OwnerId, string Visibility, string Actor, string ActorId, string Ref, string Sha)
{
    public string HeadRef { get; init; } = "";

    public string BaseRef { get; init; } = "";

    /// <summary>A pull request from another repository.</summary>
    public bool FromFork { get; init; }

    public string DefaultBranch { get; init; } = "main";

    public required CommitFacts Commit { get; init; }

    /// <summary>The inputs of a <c>workflow_dispatch</c> as texts.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    public string WorkflowPath { get; init; } = "";
}

/// <summary>The <c>event</c> that steps see: the user's own payload, with what it leaves out filled in. GitHub Docs, "Webhook events and payloads".</summary>
public static class EventPayload
{
    private const string NoCommit = "0000000000000000000000000000000000000000";

    public static ObjectValue Of(EventSubject subject, ObjectValue? given)
    {
        var payload = Synthesise(subject);
        foreach (var (name, value) in given?.Members ?? [])
        {
            payload[name] = payload[name].AsObject is { } ours && value.AsObject is { } theirs ? Merge(ours, theirs) : value;
        }

        return payload;
    }

    private static ObjectValue Merge(ObjectValue filled, ObjectValue given)
    {
        foreach (var (name, value) in given.Members)
        {
            filled[name] = filled[name].AsObject is { } ours && value.AsObject is { } theirs ? Merge(ours, theirs) : value;
        }

        return filled;
    }

    private static ObjectValue Synthesise(EventSubject subject)
    {
        var payload = subject.Event switch
        {
            "push" => Push(subject),
            "pull_request" or "pull_request_target" or "pull_request_review" or "pull_request_review_comment" => PullRequest(subject),
            "workflow_dispatch" => Dispatch(subject),
            "schedule" => new ObjectValue { { "schedule", "0 0 * * *" } },
            "release" => Release(subject),
            "create" or "delete" => new ObjectValue { { "ref", Short(subject.Ref) }, { "ref_type", subject.Ref.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch" } },
            "merge_group" => new ObjectValue { { "action", "checks_requested" }, { "merge_group", new ObjectValue { { "head_ref", subject.Ref }, { "head_sha", subject.Sha } } } },
            "repository_dispatch" => new ObjectValue { { "action", "keyless" }, { "client_payload", new ObjectValue() } },
            _ => [],
        };
        payload["repository"] = Repository(subject with { FromFork = false });
        payload["sender"] = User(subject.Actor, subject.ActorId);
        return payload;
    }

    private static ObjectValue Push(EventSubject subject)
    {
        var commit = new ObjectValue
        {
            { "id", subject.Sha },
            { "message", subject.Commit.Message.TrimEnd('\n') },
            { "timestamp", subject.Commit.Timestamp },
            { "url", $"https://github.com/{subject.Repository}/commit/{subject.Sha}" },
            { "author", Person(subject.Commit) },
            { "committer", Person(subject.Commit) },
        };
        return new ObjectValue
        {
            { "ref", subject.Ref },
            { "before", NoCommit },
            { "after", subject.Sha },
            { "base_ref", Value.Null },
            { "created", false },
            { "deleted", false },
            { "forced", false },
            { "compare", $"https://github.com/{subject.Repository}/commit/{subject.Sha}" },
            { "commits", new ArrayValue([commit]) },
            { "head_commit", commit },
            { "pusher", new ObjectValue { { "name", subject.Actor }, { "email", subject.Commit.AuthorEmail } } },
        };
    }

    private static ObjectValue PullRequest(EventSubject subject)
    {
        var number = subject.Ref.Split('/') is ["refs", "pull", var text, ..] && int.TryParse(text, CultureInfo.InvariantCulture, out var named) ? named : 1;
        return new ObjectValue
        {
            { "action", subject.Event switch { "pull_request_review" => "submitted", "pull_request_review_comment" => "created", _ => "opened" } },
            { "number", number },
            {
                "pull_request",
                new ObjectValue
                {
                    { "number", number },
                    { "title", subject.Commit.Message.Split('\n')[0] },
                    { "body", "" },
                    { "state", "open" },
                    { "draft", false },
                    { "merged", false },
                    { "merge_commit_sha", subject.Sha },
                    { "html_url", $"https://github.com/{subject.Repository}/pull/{number}" },
                    { "user", User(subject.Actor, subject.ActorId) },
                    { "labels", new ArrayValue([]) },
                    { "head", Branch(subject.FromFork ? Fork(subject) : subject, subject.HeadRef) },
                    { "base", Branch(subject with { FromFork = false }, subject.BaseRef) },
                }
            },
        };
    }

    /// <summary>The repository that a stranger's pull request comes from.</summary>
    private static EventSubject Fork(EventSubject subject) => subject with
    {
        Repository = $"{subject.Actor}/{subject.Repository[(subject.Repository.IndexOf('/', StringComparison.Ordinal) + 1)..]}",
        RepositoryId = "2",
        OwnerId = subject.ActorId,
    };

    private static ObjectValue Branch(EventSubject subject, string name) => new()
    {
        { "ref", name },
        { "sha", subject.Sha },
        { "label", $"{subject.Repository.Split('/')[0]}:{name}" },
        { "repo", Repository(subject) },
    };

    private static ObjectValue Dispatch(EventSubject subject)
    {
        var inputs = new ObjectValue();
        foreach (var (name, value) in subject.Inputs)
        {
            inputs[name] = value;
        }

        return new ObjectValue { { "inputs", inputs }, { "ref", subject.Ref }, { "workflow", subject.WorkflowPath } };
    }

    private static ObjectValue Release(EventSubject subject)
    {
        var tag = Short(subject.Ref);
        return new ObjectValue
        {
            { "action", "published" },
            {
                "release",
                new ObjectValue
                {
                    { "tag_name", tag }, { "name", tag }, { "target_commitish", subject.DefaultBranch }, { "draft", false }, { "prerelease", false }, { "body", "" },
                }
            },
        };
    }

    private static ObjectValue Repository(EventSubject subject)
    {
        var (owner, name) = (subject.Repository.Split('/')[0], subject.Repository[(subject.Repository.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        return new ObjectValue
        {
            { "id", Number(subject.RepositoryId) },
            { "name", name },
            { "full_name", subject.Repository },
            { "private", subject.Visibility != "public" },
            { "visibility", subject.Visibility },
            { "fork", subject.FromFork },
            { "default_branch", subject.DefaultBranch },
            { "html_url", $"https://github.com/{subject.Repository}" },
            { "clone_url", $"https://github.com/{subject.Repository}.git" },
            { "owner", User(owner, subject.OwnerId) },
        };
    }

    private static ObjectValue User(string login, string id) => new() { { "login", login }, { "id", Number(id) }, { "type", "User" } };

    private static ObjectValue Person(CommitFacts commit) => new() { { "name", commit.AuthorName }, { "email", commit.AuthorEmail } };

    private static Value Number(string id) => double.TryParse(id, CultureInfo.InvariantCulture, out var number) ? number : id;

    private static string Short(string reference) => reference.Split('/', 3) is ["refs", _, var name] ? name : reference;
}
