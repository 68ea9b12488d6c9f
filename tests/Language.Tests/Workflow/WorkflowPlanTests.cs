using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Plan;
using Xunit;

namespace Language.Tests.Workflow;

public sealed class WorkflowPlanTests
{
    private const string Deploy = """
        on: [push, pull_request]
        permissions: {contents: read}
        jobs:
          build:
            runs-on: x
            strategy: {matrix: {os: [linux, mac]}}
          never:
            runs-on: x
            if: github.actor == 'nobody'
          after-never:
            needs: never
            runs-on: x
          decided:
            needs: build
            if: needs.build.outputs.go == 'yes'
            runs-on: x
          deploy:
            needs: build
            if: github.ref == 'refs/heads/main'
            permissions: {id-token: write}
            environment: ${{ github.ref_name == 'main' && 'production' || 'staging' }}
            runs-on: x
          call:
            permissions: {id-token: write, contents: read}
            uses: ./.github/workflows/c.yml
        """;

    private const string Called = "on: workflow_call\njobs:\n  inner: {runs-on: x, permissions: {id-token: write}}\n";

    private static ImmutableArray<PlanEntry> Plan(Func<JobFacts, JobFacts>? facts = null, bool fromFork = false)
    {
        var parsed = WorkflowParser.Parse(new SourceText(".github/workflows/w.yml", Deploy), new WorkflowParseOptions { ResolveCallee = r => new SourceText(r.ToString()!, Called) });
        Assert.True(parsed.IsValid, string.Join("; ", parsed.Diagnostics.Select(d => d.Message)));
        var job = new JobFacts { Repository = "octo-org/octo-repo" };
        var (jobs, problems) = WorkflowPlan.Of(parsed.Workflow!, new PlanQuestion((facts is null ? job : facts(job)) with { FromFork = fromFork }));
        Assert.Empty(problems);
        return jobs;
    }

    [Fact]
    public void Jobs_run_are_skipped_or_depend_on_others()
    {
        var verdicts = Plan().Select(j => $"{j.Stage} {j.Name} {j.Verdict}");
        Assert.Equal(
            ["0 build (linux) Runs", "0 build (mac) Runs", "0 never Skipped", "1 after-never Skipped", "1 decided Depends", "1 deploy Runs", "0 call Runs", "0 call / inner Runs"],
            verdicts);
    }

    [Fact]
    public void A_token_is_granted_to_the_jobs_that_name_it_and_its_subject_names_the_environment()
    {
        var jobs = Plan();
        Assert.Equal(["deploy", "call", "call/inner"], jobs.Where(j => j.Token.Granted).Select(j => j.Path));
        Assert.Equal("repo:octo-org/octo-repo:environment:production", Subject.Of(jobs.Single(j => j.Path == "deploy").Facts!));
        Assert.Equal("octo-org/octo-repo/.github/workflows/c.yml@refs/heads/main", jobs.Single(j => j.Path == "call/inner").Facts!.JobWorkflowRef);
    }

    [Fact]
    public void Another_branch_skips_the_deployment() =>
        Assert.Equal(PlanVerdict.Skipped, Plan(f => f with { Ref = "refs/heads/other" }).Single(j => j.Path == "deploy").Verdict);

    [Fact]
    public void A_pull_request_from_a_fork_gets_no_token_and_no_writes()
    {
        var jobs = Plan(f => f with { EventName = "pull_request", Ref = "refs/pull/1/merge" }, fromFork: true);
        Assert.All(jobs, j => Assert.False(j.Token.Granted));
        Assert.All(jobs, j => Assert.DoesNotContain(PermissionLevel.Write, j.Permissions.Levels.Values));
    }
}
