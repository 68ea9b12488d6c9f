using System.Collections.Immutable;
using Keyless.Language.Oidc;
using Xunit;

namespace Language.Tests.Oidc;

public sealed class SubjectTests
{
    private static readonly JobFacts Job = new() { Repository = "octo-org/octo-repo", RepositoryId = "456789", OwnerId = "123456" };

    [Theory]
    [InlineData("push", "refs/heads/main", null, "repo:octo-org/octo-repo:ref:refs/heads/main")]
    [InlineData("release", "refs/tags/v1", null, "repo:octo-org/octo-repo:ref:refs/tags/v1")]
    [InlineData("pull_request", "refs/pull/7/merge", null, "repo:octo-org/octo-repo:pull_request")]
    [InlineData("pull_request", "refs/pull/7/merge", "Production", "repo:octo-org/octo-repo:environment:Production")]
    [InlineData("push", "refs/heads/main", "Production:V1", "repo:octo-org/octo-repo:environment:Production%3AV1")]
    [InlineData("pull_request_target", "refs/heads/main", null, "repo:octo-org/octo-repo:ref:refs/heads/main")]
    [InlineData("pull_request_review", "refs/pull/7/merge", null, "repo:octo-org/octo-repo:ref:refs/pull/7/merge")]
    [InlineData("deployment", "", null, "repo:octo-org/octo-repo:ref:")]
    public void The_default_form_takes_environment_then_pull_request_then_ref(string eventName, string reference, string? environment, string subject) =>
        Assert.Equal(subject, Subject.Of(Job with { EventName = eventName, Ref = reference, Environment = environment }));

    /// <summary>GitHub's switch-over: by age, unless the repository's owner says otherwise.</summary>
    [Theory]
    [InlineData("2026-07-15T23:59:59Z", null, "repo:octo-org/octo-repo:ref:refs/heads/main")]
    [InlineData("2026-07-16T00:00:00Z", null, "repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main")]
    [InlineData("2026-08-01T00:00:00Z", false, "repo:octo-org/octo-repo:ref:refs/heads/main")]
    [InlineData("2020-01-01T00:00:00Z", true, "repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main")]
    public void A_young_repository_s_subject_has_ids(string created, bool? immutable, string subject) => Assert.Equal(
        subject,
        Subject.Of(Job with { RepositoryCreatedAt = DateTimeOffset.Parse(created, System.Globalization.CultureInfo.InvariantCulture), ImmutableSubject = immutable }));

    [Fact]
    public void An_immutable_subject_carries_both_ids() =>
        Assert.Equal("repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main", Subject.Of(Job with { ImmutableSubject = true }));

    [Theory]
    [InlineData("repository_owner,repository_visibility", "repository_owner:octo-org:repository_visibility:private")]
    [InlineData("repo,context", "repo:octo-org/octo-repo:ref:refs/heads/main")]
    [InlineData("ref,repo,actor_id", "ref:refs/heads/main:repo:octo-org/octo-repo:actor_id:583231")]
    [InlineData("repo,job_workflow_ref", "repo:octo-org/octo-repo:job_workflow_ref:octo-org/octo-repo/.github/workflows/workflow.yml@refs/heads/main")]
    [InlineData("repo_property_team", "repo_property_team:pay%3Aments")]
    public void A_template_joins_its_keys(string keys, string subject) =>
        Assert.Equal(subject, Subject.Of(Job with
        {
            SubjectTemplate = [.. keys.Split(',')],
            Properties = ImmutableSortedDictionary<string, string>.Empty.Add("team", "pay:ments"),
        }));

    [Fact]
    public void Ids_stay_in_a_templates_repo() =>
        Assert.Equal(
            "repo:octo-org@123456/octo-repo@456789:event_name:push",
            Subject.Of(Job with { ImmutableSubject = true, SubjectTemplate = ["repo", "event_name"] }));

    [Fact]
    public void A_template_with_environment_makes_one_mandatory()
    {
        var job = Job with { SubjectTemplate = ["repo", "environment"] };
        Assert.Contains("must name an environment", Subject.Unfillable(job), StringComparison.Ordinal);
        Assert.Null(Subject.Unfillable(job with { Environment = "e" }));
    }

    [Theory]
    [InlineData("repo,repo", "occurs twice")]
    [InlineData("repository", "write `repo`")]
    [InlineData("job_workflow_reff", "did you mean `job_workflow_ref`")]
    [InlineData("aud", "says nothing about the job")]
    [InlineData("a-b", "letters, digits and underscores")]
    public void A_templates_key_must_be_a_claim(string keys, string fault) =>
        Assert.Contains(fault, SubjectTemplate.FaultOf([.. keys.Split(',')]), StringComparison.Ordinal);

    [Fact]
    public void A_repository_without_keys_of_its_own_takes_the_organisations()
    {
        Assert.Equal(["repo", "context"], new SubjectCustomization(UseDefault: false, []).TemplateUnder(["repo", "context"]));
        Assert.Empty(new SubjectCustomization(UseDefault: true, ["actor"]).TemplateUnder(["repo"]));
        Assert.Equal(["actor"], new SubjectCustomization(UseDefault: false, ["actor"]).TemplateUnder(["repo"]));
    }
}
