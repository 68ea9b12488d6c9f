using System.Text.Json;
using Keyless.Language.Oidc;
using Xunit;

namespace Language.Tests.Oidc;

public sealed class ClaimsTests
{
    private static readonly TokenTerms Terms = new(IssuerUrl.GitHub, null, DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), "11111111-2222-3333-4444-555555555555");

    private static JsonElement Payload(JobFacts job, TokenTerms? terms = null) => JsonDocument.Parse(Claims.ToJson(Claims.Of(job, terms ?? Terms))).RootElement;

    [Fact]
    public void A_push_has_every_claim_in_alphabetical_order_and_strings_but_for_times()
    {
        var payload = Payload(new JobFacts { Repository = "o/r", Sha = new string('a', 40) });
        Assert.Equal(
            ["actor", "actor_id", "aud", "base_ref", "check_run_id", "event_name", "exp", "head_ref", "iat", "iss", "job_workflow_ref",
             "job_workflow_sha", "jti", "nbf", "ref", "ref_protected", "ref_type", "repository", "repository_id", "repository_owner",
             "repository_owner_id", "repository_visibility", "run_attempt", "run_id", "run_number", "runner_environment", "sha", "sub",
             "workflow", "workflow_ref", "workflow_sha"],
            payload.EnumerateObject().Select(member => member.Name));
        foreach (var member in payload.EnumerateObject())
        {
            Assert.Equal(member.Name is "exp" or "iat" or "nbf" ? JsonValueKind.Number : JsonValueKind.String, member.Value.ValueKind);
        }

        Assert.Equal(300, payload.GetProperty("exp").GetInt64() - payload.GetProperty("iat").GetInt64());
        Assert.Equal("", payload.GetProperty("head_ref").GetString());
        Assert.Equal("false", payload.GetProperty("ref_protected").GetString());
    }

    [Fact]
    public void The_default_audience_is_the_owners_page()
    {
        Assert.Equal("https://github.com/o", Payload(new JobFacts { Repository = "o/r" }).GetProperty("aud").GetString());
        Assert.Equal("x", Payload(new JobFacts { Repository = "o/r" }, Terms with { Audience = "x" }).GetProperty("aud").GetString());
    }

    [Fact]
    public void Environment_claims_exist_only_with_an_environment()
    {
        var without = Payload(new JobFacts { Repository = "o/r" });
        Assert.False(without.TryGetProperty("environment", out _));
        var with = Payload(new JobFacts { Repository = "o/r", Environment = "Production" });
        Assert.Equal("Production", with.GetProperty("environment").GetString());
        Assert.StartsWith("EN_", with.GetProperty("environment_node_id").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_never_enter_other_claims_than_the_subject()
    {
        var payload = Payload(new JobFacts { Repository = "o/r", ImmutableSubject = true, OwnerId = "7", RepositoryId = "8" });
        Assert.Equal("repo:o@7/r@8:ref:refs/heads/main", payload.GetProperty("sub").GetString());
        Assert.Equal("o/r", payload.GetProperty("repository").GetString());
        Assert.Equal("o/r/.github/workflows/workflow.yml@refs/heads/main", payload.GetProperty("workflow_ref").GetString());
    }

    [Fact]
    public void A_bare_commit_stands_in_for_the_missing_ref_of_the_workflow()
    {
        var payload = Payload(new JobFacts { Repository = "o/r", Ref = "", Sha = new string('b', 40) });
        Assert.EndsWith("@" + new string('b', 40), payload.GetProperty("workflow_ref").GetString(), StringComparison.Ordinal);
        Assert.Equal("branch", payload.GetProperty("ref_type").GetString());
    }

    [Theory]
    [InlineData(false, false, IdTokenPermission.Write, IdTokenPermission.Unset, true)]
    [InlineData(false, false, IdTokenPermission.Write, IdTokenPermission.None, false)]
    [InlineData(false, false, IdTokenPermission.None, IdTokenPermission.Write, true)]
    [InlineData(false, false, IdTokenPermission.Unset, IdTokenPermission.Unset, false)]
    [InlineData(true, false, IdTokenPermission.Write, IdTokenPermission.Unset, false)]
    [InlineData(false, true, IdTokenPermission.Unset, IdTokenPermission.Unset, false)]
    [InlineData(false, true, IdTokenPermission.Unset, IdTokenPermission.Write, true)]
    public void A_token_needs_the_permission_where_nothing_caps_it(bool fork, bool dependabot, IdTokenPermission workflow, IdTokenPermission job, bool granted) =>
        Assert.Equal(granted, TokenAccess.Decide(new TokenAccessQuestion("pull_request", [new TokenAccessLevel("w.yml", "deploy", workflow, job)])
        {
            FromFork = fork,
            ByDependabot = dependabot,
        }).Granted);

    [Fact]
    public void A_called_workflow_cannot_ask_for_more_than_its_caller_has()
    {
        var answer = TokenAccess.Decide(new TokenAccessQuestion("push",
        [
            new TokenAccessLevel("caller.yml", "call", IdTokenPermission.Unset, IdTokenPermission.Unset),
            new TokenAccessLevel("o/r/.github/workflows/called.yml@main", "deploy", IdTokenPermission.Unset, IdTokenPermission.Write),
        ]));
        Assert.True(answer.StartsNot);
        Assert.Equal("Error calling workflow 'o/r/.github/workflows/called.yml@main'. The nested job 'deploy' is requesting 'id-token: write', but is only allowed 'id-token: none'.", answer.Reason);
    }
}
