using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner;
using Keyless.Server;
using Keyless.Server.Audit;

namespace Keyless.Cli.Commands.Run;

/// <summary>What a run ends with: each job and step, each exchange with its reason, where to look next.</summary>
internal sealed class RunSummary(Terminal output, Terminal errors, RunOptions options)
{
    /// <summary>What of a decision's inputs a reader looks for first; `keyless explain` has them all.</summary>
    private static readonly string[] Shown = ["subject", "audience", "role", "session"];

    public void Write(SessionResult result, bool isPlan)
    {
        errors.Write(TextRenderer.Render(result.Diagnostics));
        if (result.Problem is { } problem)
        {
            errors.Problem(problem);
            if (result.Help is { } help)
            {
                errors.WriteLine($"  = help: {help}");
            }
        }

        if (isPlan)
        {
            return;
        }

        foreach (var run in result.Runs)
        {
            WriteJobs(run);
            WriteExchanges(run.Decisions);
        }

        if (result.Runs.IsEmpty)
        {
            return;
        }

        WriteFindings(result.Findings);
        output.WriteLine();
        var shown = InputFile.Shown(options.DataFolder);
        var data = shown == DataFolder.DefaultName ? "" : $" --data {shown}";
        foreach (var bucket in result.Succeeded ? result.Stack?.Websites ?? [] : [])
        {
            output.WriteLine($"website   {output.Cyan(WebsiteUrl(bucket))}   {output.Dim("while keyless serve runs")}");
        }

        output.WriteLine($"next      keyless serve{data}   {output.Dim("serves this state")}");
        output.WriteLine($"          keyless explain --last{data}   {output.Dim("tells the last decision in full")}");
    }

    /// <summary>The address of a bucket's website once <c>keyless serve</c> listens where it does by default.</summary>
    public static string WebsiteUrl(string bucket) => $"http://{bucket}.s3-website.localhost:{ServerOptions.DefaultAddress.Port}/";

    private void WriteFindings(ImmutableArray<Diagnostic> findings)
    {
        if (!findings.IsEmpty)
        {
            output.WriteLine();
            output.WriteLine(output.Yellow("findings") + "  the trust policies were obeyed as they stand, and this is wrong with them:");
            output.Write(TextRenderer.Render(findings));
        }
    }

    private void WriteJobs(RunReport run)
    {
        output.WriteLine();
        foreach (var job in run.Jobs)
        {
            output.WriteLine($"{Word(job.Result)} {job.Name} {output.Dim(job.Result == Outcome.Skipped ? "" : LiveOutput.Elapsed(job.Elapsed))}");
            foreach (var step in job.Steps.Where(step => step.Outcome is Outcome.Failure or Outcome.Cancelled))
            {
                output.WriteLine($"          {step.Title}: {step.Outcome.ToString().ToLowerInvariant()}{(step.Conclusion == step.Outcome ? "" : ", tolerated")}");
            }

            foreach (var line in job.Summary.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                output.WriteLine(output.Dim($"          | {line}"));
            }
        }
    }

    private void WriteExchanges(ImmutableArray<DecisionRecord> decisions)
    {
        foreach (var decision in decisions.Where(decision => decision.EventName.StartsWith("AssumeRole", StringComparison.Ordinal)).DistinctBy(decision => (decision.Summary, decision.Allowed)))
        {
            output.WriteLine();
            output.WriteLine($"{(decision.Allowed ? output.Green("exchange ") : output.Red("refused  "))} {decision.Summary}");
            foreach (var (name, value) in decision.Inputs.Where(input => Shown.Contains(input.Key)))
            {
                output.WriteLine(output.Dim($"          {name}: {value}"));
            }
        }

        var refused = decisions.Where(decision => !decision.Allowed && !decision.EventName.StartsWith("AssumeRole", StringComparison.Ordinal)).DistinctBy(decision => decision.Summary).ToList();
        foreach (var decision in refused)
        {
            output.WriteLine($"{output.Red("refused  ")} {decision.EventName}: {decision.Summary}");
        }
    }

    private string Word(Outcome outcome) => outcome switch
    {
        Outcome.Success => output.Green("succeeded"),
        Outcome.Failure => output.Red("failed   "),
        Outcome.Cancelled => output.Yellow("cancelled"),
        _ => output.Dim("skipped  "),
    };
}
