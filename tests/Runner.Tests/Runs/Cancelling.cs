using Keyless.Language.Workflow.Expressions;
using Keyless.Runner;
using Xunit;

namespace Runner.Tests.Runs;

/// <summary>Cancellation as Ctrl-C brings it, and the order of phases.</summary>
public sealed class Cancelling
{
    [Fact]
    public async Task A_cancelled_run_stops_the_running_step_and_still_cleans_up()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".github/workflows/w.yml", """
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - run: echo R:started; sleep 60; echo R:after
                  - run: echo R:next
                  - {if: always(), run: 'echo R:cleaned ${{ job.status }}'}
              b: {needs: a, runs-on: x, steps: [{run: "echo R:b"}]}
            """);
        using var stop = new CancellationTokenSource();
        var events = new List<RunEvent>();
        var session = new Session(Options(folder), happened =>
        {
            lock (events)
            {
                events.Add(happened);
            }

            if (happened is RunEvent.Line { Text: "R:started" })
            {
                stop.Cancel();
            }
        }, TimeProvider.System);
        var result = await session.RunAsync(stop.Token, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var lines = events.OfType<RunEvent.Line>().Where(line => line.Kind == LineKind.Output).Select(line => line.Text).ToList();
        Assert.Equal(["R:started", "R:cleaned cancelled"], lines);
        Assert.Equal(Outcome.Cancelled, result.Runs[0].Result);
        Assert.False(result.Succeeded);
    }

    [Fact]
    public async Task The_pre_phase_of_a_published_action_comes_first_and_its_post_phase_last()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".github/workflows/w.yml", """
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - run: echo R:first
                  - uses: some/wrapper@v1
                  - run: echo R:last
            """);
        folder.Write("cache/some/wrapper@v1/action.yml", """
            name: wrapper
            runs: {using: composite, steps: [{uses: some/thing@v1, with: {n: inner}}]}
            """);
        folder.Write("cache/some/thing@v1/action.yml", """
            name: thing
            inputs: {n: {default: x}}
            runs: {using: node20, pre: pre.js, main: main.js, post: post.js}
            """);
        folder.Write("cache/some/thing@v1/pre.js", "console.log('R:pre'); require('fs').appendFileSync(process.env.GITHUB_STATE, 'k=from-pre\\n')");
        folder.Write("cache/some/thing@v1/main.js", "console.log('R:main ' + process.env.INPUT_N + ' ' + process.env.STATE_k)");
        folder.Write("cache/some/thing@v1/post.js", "console.log('R:post ' + process.env.STATE_k)");
        var run = await CollectedRun.Of(Options(folder) with { ActionCache = Path.Combine(folder.Path, "cache") });
        Assert.True(run.Result.Succeeded, run.Text);
        Assert.Equal(["R:pre", "R:first", "R:main inner from-pre", "R:last", "R:post from-pre"], run.Lines.Where(line => line.StartsWith("R:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_job_leaves_running_ends_with_it()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".github/workflows/w.yml", """
            on: push
            jobs:
              a:
                runs-on: x
                steps:
                  - run: |
                      sleep 300 > /dev/null 2>&1 &
                      echo R:$!
            """);
        var run = await CollectedRun.Of(Options(folder));
        var process = run.Lines.Single(line => line.StartsWith("R:", StringComparison.Ordinal))[2..];
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems hide the environment of processes");
        var status = $"/proc/{process}/stat";
        Assert.True(!File.Exists(status) || (await File.ReadAllTextAsync(status, TestContext.Current.CancellationToken)).Contains(") Z ", StringComparison.Ordinal), "the process still runs");
    }

    private static RunOptions Options(TemporaryFolder folder) => new()
    {
        Folder = folder.Path,
        DataFolder = Path.Combine(folder.Path, ".keyless"),
        Workflows = [".github/workflows/w.yml"],
        Repository = "octo/demo",
    };
}
