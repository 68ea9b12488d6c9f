using System.Collections.Immutable;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner;
using Keyless.Tests;
using Xunit;

namespace Runner.Tests.Runs;

/// <summary>Mistakes that a newcomer makes in the example, and what the run says: cause, place, mend.</summary>
public sealed class Refusals
{
    /// <summary>A mistake in the workflow or the template, and parts of what must be said.</summary>
    private sealed record Mistake(string InWorkflow, string Wrong, string InTemplate, string WrongToo, Func<RunOptions, RunOptions> Options, string[] Said);

    private static readonly ImmutableDictionary<string, Mistake> Mistakes = new Dictionary<string, Mistake>
    {
        ["another branch"] = Called(o => o with { Ref = "refs/heads/other" }, "the job runs for the branch `other`", "infrastructure.yaml:40:", "repo:octo-org/octo-repo:ref:refs/heads/other"),
        ["an environment"] = InWorkflow("    runs-on:", "    environment: production\n    runs-on:", "environment `production`", "infrastructure.yaml:40:", "take `environment:` off the job"),
        ["immutable subjects"] = Called(o => o with { ImmutableSubject = true, RepositoryId = "456789", OwnerId = "123456" }, "repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main", "infrastructure.yaml:40:"),
        ["no id-token"] = InWorkflow("  id-token: write", "  actions: read", "deploy.yml:11:3", "`id-token: write`"),
        ["no such role"] = InWorkflow("role/static-site-deploy", "role/static-site-deplyo", "did you mean `static-site-deploy`?", "deploy.yml:22:"),
        ["no provider"] = InTemplate("https://token.actions.githubusercontent.com", "https://issuer.example.com", "has no OIDC provider for issuer"),
        ["another audience"] = InTemplate("ClientIdList: [sts.amazonaws.com]", "ClientIdList: [other]", "audience `sts.amazonaws.com` is not registered"),
        ["another account"] = InWorkflow("iam::123456789012", "iam::111111111111", "account `111111111111`", "deploy.yml:22:"),
        ["too long a session"] = InWorkflow("role-session-name: samplerolesession", "role-duration-seconds: 7200", "7200 seconds are more than role", "deploy.yml:23:", "--max-session-duration 7200"),
        ["a mistyped action"] = InWorkflow("actions/checkout@v2", "actions/chekout@v2", "deploy.yml:18:15", "did you mean `actions/checkout@v2`?"),
        ["an action without that version"] = InWorkflow("actions/checkout@v2", "actions/checkout@v22", "deploy.yml:18:15", "write `actions/checkout@v7`"),
        ["a container"] = InWorkflow("    runs-on:", "    container: alpine\n    runs-on:", "needs Docker", "deploy.yml:15:"),
    }.ToImmutableDictionary();

    public static TheoryData<string> Names() => [.. Mistakes.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_mistake_is_named_with_its_place_and_what_mends_it(string name)
    {
        var mistake = Mistakes[name];
        using var folder = new TemporaryFolder();
        Example(folder, mistake);
        var run = await CollectedRun.Of(mistake.Options(ExampleOptions(folder)));
        Assert.False(run.Result.Succeeded, run.Text);
        Assert.All(mistake.Said, part => Assert.Contains(part, run.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_invalid_workflow_runs_nothing_and_shows_the_line()
    {
        using var folder = new TemporaryFolder();
        Example(folder, InWorkflow("    steps:\n", "    stepps:\n"));
        var run = await CollectedRun.Of(ExampleOptions(folder));
        Assert.Empty(run.Result.Runs);
        Assert.Contains(run.Result.Diagnostics, d => d.Start.Line == 16);
    }

    [Fact]
    public async Task A_wrong_template_runs_nothing_and_shows_the_line()
    {
        using var folder = new TemporaryFolder();
        Example(folder, InTemplate("AWS::IAM::Role\n", "AWS::IAM::Rol\n"));
        var run = await CollectedRun.Of(ExampleOptions(folder));
        Assert.Empty(run.Result.Runs);
        Assert.Contains(run.Result.Diagnostics, d => d.Start.Line == 25 && d.Help!.Contains("AWS::IAM::Role", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_denial_is_told_once()
    {
        using var folder = new TemporaryFolder();
        Example(folder, Mistakes["another branch"]);
        var run = await CollectedRun.Of(ExampleOptions(folder) with { Ref = "refs/heads/other" });
        Assert.Single(run.Result.Runs[0].Decisions, decision => decision.EventName == "AssumeRoleWithWebIdentity");
    }

    [Fact]
    public async Task Trust_policies_that_anybody_passes_are_found()
    {
        using var folder = new TemporaryFolder();
        Example(folder, InTemplate("StringEquals:", "\"ForAllValues:StringEquals\":"));
        File.WriteAllText(Path.Combine(folder.Path, ".github/workflows/deploy.yml"), "on: push\njobs: {a: {runs-on: x, steps: [{run: \"true\"}]}}\n");
        var run = await CollectedRun.Of(ExampleOptions(folder));
        Assert.True(run.Result.Succeeded, run.Text);
        Assert.Contains(run.Result.Findings, finding => finding.Id == "forallvalues-single-valued");
    }

    [Fact]
    public async Task A_tolerated_failure_leaves_the_run_green()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".github/workflows/w.yml", "on: push\njobs: {a: {runs-on: x, continue-on-error: true, steps: [{run: \"false\"}]}}\n");
        var run = await CollectedRun.Of(ExampleOptions(folder) with { Stack = null });
        Assert.Equal(Outcome.Success, run.Result.Runs[0].Result);
    }

    private static Mistake Called(Func<RunOptions, RunOptions> options, params string[] said) => new("", "", "", "", options, said);

    private static Mistake InWorkflow(string right, string wrong, params string[] said) => new(right, wrong, "", "", o => o, said);

    private static Mistake InTemplate(string right, string wrong, params string[] said) => new("", "", right, wrong, o => o, said);

    private static void Example(TemporaryFolder folder, Mistake mistake)
    {
        Copy(".github/workflows/deploy.yml", mistake.InWorkflow, mistake.Wrong);
        Copy("infrastructure.yaml", mistake.InTemplate, mistake.WrongToo);
        folder.Write("index.html", "<p>hello</p>\n");

        void Copy(string path, string right, string wrong)
        {
            var text = File.ReadAllText(Path.Combine(TestData.Repository, "examples/static-site", path));
            Assert.Contains(right, text, StringComparison.Ordinal);
            folder.Write(path, right.Length == 0 ? text : text.Replace(right, wrong, StringComparison.Ordinal));
        }
    }

    private static RunOptions ExampleOptions(TemporaryFolder folder) => new()
    {
        Folder = folder.Path,
        DataFolder = Path.Combine(folder.Path, ".keyless"),
        Repository = "octo-org/octo-repo",
        Stack = Path.Combine(folder.Path, "infrastructure.yaml"),
        Event = "push",
    };
}
