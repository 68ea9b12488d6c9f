using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Tree;
using Keyless.Language.Workflow;
using Xunit;

namespace Language.Tests.Oidc;

/// <summary>Ref, commit and branches by event: github.com's table, with and without a payload.</summary>
public sealed class EventFactsTests
{
    private const string Head = "1111111111111111111111111111111111111111";
    private const string Other = "2222222222222222222222222222222222222222";

    private static EventFacts Of(string eventName, string? payload, string reference = "refs/heads/topic", bool given = false) => EventFacts.Of(
        eventName,
        payload is null ? null : JsonReader.Read(new SourceText("event.json", payload)).Root,
        new EventFacts.Known(reference, Head, "main") { RefIsGiven = given, Repository = "o/r" });

    /// <summary>The event, its payload, and what a token says: ref, ref_type, head_ref, base_ref, sub.</summary>
    public static TheoryData<string, string?, string, string, string, string> Events => new()
    {
        { "push", """{"ref":"refs/heads/x","after":"2222222222222222222222222222222222222222"}""", "refs/heads/x", "", "", "ref:refs/heads/x" },
        { "push", """{"ref":"refs/tags/v1","after":"2222222222222222222222222222222222222222"}""", "refs/tags/v1", "", "", "ref:refs/tags/v1" },
        { "push", """{"ref":"refs/heads/x","deleted":true,"after":"0000000000000000000000000000000000000000"}""", "refs/heads/main", "", "", "ref:refs/heads/main" },
        { "push", null, "refs/heads/topic", "", "", "ref:refs/heads/topic" },
        { "create", """{"ref":"v2","ref_type":"tag"}""", "refs/tags/v2", "", "", "ref:refs/tags/v2" },
        { "create", """{"ref":"feature/x","ref_type":"branch"}""", "refs/heads/feature/x", "", "", "ref:refs/heads/feature/x" },
        { "delete", """{"ref":"gone","ref_type":"branch"}""", "refs/heads/main", "", "", "ref:refs/heads/main" },
        { "pull_request", """{"number":7,"pull_request":{"head":{"ref":"f"},"base":{"ref":"main"}}}""", "refs/pull/7/merge", "f", "main", "pull_request" },
        { "pull_request", """{"action":"closed","number":7,"pull_request":{"merged":true,"head":{"ref":"f"},"base":{"ref":"release"}}}""", "refs/heads/release", "f", "release", "pull_request" },
        { "pull_request", """{"action":"closed","number":7,"pull_request":{"merged":false,"head":{"ref":"f"},"base":{"ref":"release"}}}""", "refs/pull/7/merge", "f", "release", "pull_request" },
        { "pull_request", null, "refs/pull/1/merge", "topic", "main", "pull_request" },
        { "pull_request_review", """{"pull_request":{"number":8,"head":{"ref":"f"},"base":{"ref":"main"}}}""", "refs/pull/8/merge", "f", "main", "ref:refs/pull/8/merge" },
        { "pull_request_target", """{"number":7,"pull_request":{"head":{"ref":"f"},"base":{"ref":"release"}},"repository":{"default_branch":"trunk"}}""", "refs/heads/trunk", "f", "release", "ref:refs/heads/trunk" },
        { "merge_group", """{"merge_group":{"head_ref":"refs/heads/gh-readonly-queue/main/pr-9-abc","head_sha":"2222222222222222222222222222222222222222"}}""", "refs/heads/gh-readonly-queue/main/pr-9-abc", "", "", "ref:refs/heads/gh-readonly-queue/main/pr-9-abc" },
        { "merge_group", null, "refs/heads/gh-readonly-queue/main/pr-1-" + Head, "", "", "ref:refs/heads/gh-readonly-queue/main/pr-1-" + Head },
        { "workflow_dispatch", """{"ref":"refs/tags/v3"}""", "refs/tags/v3", "", "", "ref:refs/tags/v3" },
        { "schedule", """{"schedule":"0 0 * * *"}""", "refs/heads/main", "", "", "ref:refs/heads/main" },
        { "schedule", null, "refs/heads/main", "", "", "ref:refs/heads/main" },
        { "workflow_run", """{"workflow_run":{"head_branch":"evil"},"repository":{"default_branch":"main"}}""", "refs/heads/main", "", "", "ref:refs/heads/main" },
        { "issue_comment", null, "refs/heads/main", "", "", "ref:refs/heads/main" },
        { "repository_dispatch", null, "refs/heads/main", "", "", "ref:refs/heads/main" },
        { "release", """{"release":{"tag_name":"v4"}}""", "refs/tags/v4", "", "", "ref:refs/tags/v4" },
        { "release", null, "refs/tags/v1.0.0", "", "", "ref:refs/tags/v1.0.0" },
        { "registry_package", """{"registry_package":{"package_version":{"target_commitish":"main","target_oid":"2222222222222222222222222222222222222222"}}}""", "refs/heads/main", "", "", "ref:refs/heads/main" },
        { "registry_package", """{"registry_package":{"package_version":{"target_commitish":"main","release":{"tag_name":"v5"}}}}""", "refs/tags/v5", "", "", "ref:refs/tags/v5" },
        { "deployment", """{"deployment":{"ref":"topic","sha":"2222222222222222222222222222222222222222"}}""", "refs/heads/topic", "", "", "ref:refs/heads/topic" },
        { "deployment_status", """{"deployment":{"ref":"2222222222222222222222222222222222222222","sha":"2222222222222222222222222222222222222222"}}""", "", "", "", "ref:" },
    };

    [Theory]
    [InlineData("push", """{"repository":{"created_at":1784160000}}""")]
    [InlineData("issues", """{"repository":{"created_at":"2026-07-16T00:00:00Z"}}""")]
    public void A_payload_tells_when_the_repository_was_made(string eventName, string payload) =>
        Assert.Equal(new DateTimeOffset(2026, 7, 16, 0, 0, 0, TimeSpan.Zero), Of(eventName, payload).RepositoryCreatedAt);

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_decides_ref_branches_and_subject(string eventName, string? payload, string reference, string head, string into, string context)
    {
        var facts = Of(eventName, payload);
        Assert.Equal((reference, head, into), (facts.Ref, facts.HeadRef, facts.BaseRef));
        var job = new JobFacts { Repository = "o/r", EventName = eventName, Ref = facts.Ref, Sha = facts.Sha, HeadRef = head, BaseRef = into };
        Assert.Equal("repo:o/r:" + context, Subject.Of(job));
        var claims = Claims.Of(job, new TokenTerms(IssuerUrl.GitHub, "a", DateTimeOffset.UnixEpoch, "id")).ToDictionary(claim => claim.Name, claim => claim.Text);
        Assert.Equal(reference.StartsWith("refs/tags/", StringComparison.Ordinal) ? "tag" : "branch", claims["ref_type"]);
        Assert.Equal($"o/r/.github/workflows/workflow.yml@{(reference.Length > 0 ? reference : Other)}", claims["workflow_ref"]);
    }

    [Theory]
    [InlineData("push", """{"ref":"refs/heads/x","after":"2222222222222222222222222222222222222222"}""", Other)]
    [InlineData("push", """{"deleted":true,"after":"0000000000000000000000000000000000000000"}""", Head)]
    [InlineData("pull_request", """{"number":7,"pull_request":{"merge_commit_sha":"2222222222222222222222222222222222222222","head":{"sha":"3333333333333333333333333333333333333333"}}}""", Other)]
    [InlineData("merge_group", """{"merge_group":{"head_sha":"2222222222222222222222222222222222222222"}}""", Other)]
    [InlineData("deployment", """{"deployment":{"ref":"main","sha":"2222222222222222222222222222222222222222"}}""", Other)]
    [InlineData("workflow_run", """{"workflow_run":{"head_sha":"2222222222222222222222222222222222222222"}}""", Head)]
    public void An_event_decides_the_commit(string eventName, string payload, string sha) => Assert.Equal(sha, Of(eventName, payload).Sha);

    [Fact]
    public void A_ref_that_the_user_names_is_the_default_branch_of_an_event_that_runs_there() =>
        Assert.Equal("refs/heads/trunk", Of("schedule", null, "refs/heads/trunk", given: true).Ref);

    [Theory]
    [InlineData("""{"pull_request":{"head":{"ref":"f","repo":{"full_name":"stranger/r"}}}}""", true)]
    [InlineData("""{"pull_request":{"head":{"ref":"f","repo":{"full_name":"O/R"}}}}""", false)]
    [InlineData("""{"pull_request":{"head":{"ref":"f","repo":null}}}""", true)]
    [InlineData("""{"pull_request":{"head":{"ref":"f"}}}""", false)]
    [InlineData("""{"pull_request":{"head":{"repo":{"full_name":"a/b"}},"base":{"repo":{"full_name":"a/b"}}},"repository":{"full_name":"a/b"}}""", false)]
    public void A_payload_tells_whether_the_code_is_a_forks(string payload, bool fork) => Assert.Equal(fork, Of("pull_request", payload).FromFork);

    [Fact]
    public void A_payload_tells_repository_sender_and_enterprise()
    {
        var facts = Of("push", """
            {"repository":{"id":860122172,"full_name":"octo-org/octo-repo","visibility":"internal","owner":{"id":1167635}},
             "sender":{"login":"hubot","id":480938},"enterprise":{"id":2,"slug":"avocado-corp"}}
            """);
        Assert.Equal(
            ("octo-org/octo-repo", "860122172", "1167635", "internal", "hubot", "480938", "avocado-corp", "2"),
            (facts.Repository, facts.RepositoryId, facts.OwnerId, facts.Visibility, facts.Actor, facts.ActorId, facts.Enterprise, facts.EnterpriseId));
    }

    [Theory]
    [InlineData("acme/flows/.github/workflows/d.yml@main", "acme/flows/.github/workflows/d.yml@refs/heads/main", null)]
    [InlineData("acme/flows/.github/workflows/d.yml@v1", "acme/flows/.github/workflows/d.yml@refs/tags/v1", null)]
    [InlineData("acme/flows/.github/workflows/d.yml@1.2.3-rc1", "acme/flows/.github/workflows/d.yml@refs/tags/1.2.3-rc1", null)]
    [InlineData("acme/flows/.github/workflows/d.yml@v1-fixes/x", "acme/flows/.github/workflows/d.yml@refs/tags/v1-fixes/x", null)]
    [InlineData("acme/flows/.github/workflows/d.yml@vnext", "acme/flows/.github/workflows/d.yml@refs/heads/vnext", null)]
    [InlineData("acme/flows/.github/workflows/d.yml@refs/heads/v1", "acme/flows/.github/workflows/d.yml@refs/heads/v1", null)]
    [InlineData("acme/flows/.github/workflows/d.yml@" + Other, "acme/flows/.github/workflows/d.yml@" + Other, Other)]
    [InlineData("./.github/workflows/d.yml", "o/r/.github/workflows/d.yml@refs/heads/main", Head)]
    public void A_called_file_is_named_with_its_full_ref(string uses, string reference, string? sha)
    {
        var file = JobWorkflow.Of(WorkflowReference.Parse(uses, null), new JobFacts { Repository = "o/r", Sha = Head })!;
        Assert.Equal((reference, sha), (file.Ref, file.Sha));
    }

    private static readonly ImmutableArray<TokenAccessLevel> Declared = [new("w.yml", "deploy", IdTokenPermission.Write, IdTokenPermission.Unset)];

    [Theory]
    [InlineData("pull_request", "public", true, "alice", null, false)]
    [InlineData("pull_request", "internal", true, "alice", null, false)]
    [InlineData("pull_request_review_comment", "private", true, "alice", null, false)]
    [InlineData("pull_request_target", "public", true, "alice", null, true)]
    [InlineData("workflow_run", "public", false, "alice", null, true)]
    [InlineData("issue_comment", "public", false, "stranger", null, true)]
    [InlineData("pull_request", "private", false, "dependabot[bot]", "dependabot[bot]", true)]
    [InlineData("pull_request_target", "private", false, "alice", "dependabot[bot]", false)]
    [InlineData("pull_request_target", "private", false, "dependabot[bot]", "dependabot[bot]", false)]
    [InlineData("push", "private", false, "dependabot[bot]", null, true)]
    public void Who_is_behind_a_run_decides_about_its_tokens(string eventName, string visibility, bool fork, string actor, string? author, bool granted) =>
        Assert.Equal(granted, TokenAccess.Decide(TokenAccessQuestion.Of(
            new JobFacts { Repository = "o/r", EventName = eventName, Visibility = visibility, FromFork = fork, Actor = actor, PullRequestAuthor = author }, Declared)).Granted);
}
