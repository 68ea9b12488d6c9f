using Keyless.Language.Oidc;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner;

namespace Keyless.Cli.Commands.Run;

/// <summary>Prints a run while it happens. Lines of jobs that run side by side carry the job's name.</summary>
internal sealed class LiveOutput(Terminal output)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _running = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private string? _last;
    private int _groups;

    public void Take(RunEvent happened)
    {
        lock (_gate)
        {
            Write(happened);
            if (output.IsInteractive || happened is not RunEvent.Line)
            {
                output.Writer.Flush();
            }
        }
    }

    private void Write(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.Note note:
                _notes.Add(note.Text);
                break;
            case RunEvent.WorkflowStarted { Run: var run }:
                output.WriteLine($"{output.Bold(run.WorkflowName)} {output.Dim($"({run.WorkflowPath})")}");
                output.WriteLine(output.Dim($"  {run.Event} to {(run.Ref.Length > 0 ? run.Ref : "no ref")} of {run.Repository} at {run.Sha[..7]}"));
                foreach (var note in _notes)
                {
                    output.WriteLine(output.Yellow("  note: ") + note);
                }

                _notes.Clear();
                break;
            case RunEvent.Planned { Plan: var plan }:
                output.WriteLine();
                output.WriteLine($"{output.Bold(plan.Name)} {output.Dim($"{plan.Job.Steps.Length} steps")}");
                output.WriteLine($"  {(plan.Access.Granted ? $"token subject {output.Cyan(Subject.Of(plan.Facts))}" : output.Dim($"no token: {plan.Access.Reason}"))}");
                break;
            case RunEvent.JobStarted job:
                _running.Add(job.Job);
                output.WriteLine();
                output.WriteLine(output.Bold(job.Job));
                _last = job.Job;
                break;
            case RunEvent.StepStarted step:
                Line(step.Job, $"  {output.Cyan(">")} {step.Title}{(step.Manner is { } manner ? output.Dim($"  ({manner})") : "")}");
                break;
            case RunEvent.Line { Kind: LineKind.EndGroup }:
                _groups = Math.Max(0, _groups - 1);
                break;
            case RunEvent.Line line:
                Line(line.Job, "      " + new string(' ', _groups * 2) + Styled(line));
                if (line.Kind == LineKind.Group)
                {
                    _groups++;
                }

                break;
            case RunEvent.Annotated annotated:
                Line(annotated.Job, "      " + Styled(annotated.Annotation));
                break;
            case RunEvent.Decided { Decision: { Allowed: false } decision, IsRepeated: false, Job: var job, Places: var places }:
                foreach (var line in DecisionText.Refusal(output, decision, places))
                {
                    Line(job, "      " + line);
                }

                break;
            case RunEvent.StepEnded { Step.Outcome: Outcome.Skipped }:
                break;
            case RunEvent.StepEnded ended:
                _groups = 0;
                if (ended.Step.Conclusion != ended.Step.Outcome)
                {
                    Line(ended.Job, $"    {output.Yellow("failed, and the job goes on")} {output.Dim("(continue-on-error)")}");
                }
                else if (ended.Step.Outcome != Outcome.Success)
                {
                    Line(ended.Job, $"    {output.Red(ended.Step.Outcome == Outcome.Cancelled ? "cancelled" : "failed")} {output.Dim(Elapsed(ended.Step.Elapsed))}");
                }

                break;
            case RunEvent.JobEnded { Report: var report }:
                if (!_running.Contains(report.Name))
                {
                    // It never began.
                    output.WriteLine();
                    output.WriteLine($"{output.Bold(report.Name)} {Word(report.Result)}");
                    break;
                }

                Line(report.Name, $"  {Word(report.Result)} {output.Dim(Elapsed(report.Elapsed))}");
                _running.Remove(report.Name);
                break;
        }
    }

    /// <summary>One line of a job; with its name in front where several jobs write at once.</summary>
    private void Line(string job, string text)
    {
        if (_running.Count > 1 || (_last != job && _running.Count > 0))
        {
            output.WriteLine($"{output.Dim(job + " |")}{text[1..]}");
        }
        else
        {
            output.WriteLine(text);
        }

        _last = job;
    }

    private string Styled(RunEvent.Line line) => line.Kind switch
    {
        LineKind.Runner or LineKind.Debug => output.Dim(line.Text),
        LineKind.Group => output.Bold(line.Text),
        LineKind.Help => output.Yellow("help: ") + line.Text,
        _ => line.Text,
    };

    private string Styled(Annotation annotation)
    {
        var place = annotation.File is { } file ? $"{file}{(annotation.Line is { } line ? $":{line}{(annotation.Column is { } column ? $":{column}" : "")}" : "")}: " : "";
        var title = annotation.Title is { Length: > 0 } text ? text + ": " : "";
        var word = annotation.Level switch
        {
            AnnotationLevel.Error => output.Red("error: "),
            AnnotationLevel.Warning => output.Yellow("warning: "),
            _ => output.Cyan("notice: "),
        };
        return word + place + title + annotation.Message.ReplaceLineEndings("\n      ");
    }

    private string Word(Outcome outcome) => outcome switch
    {
        Outcome.Success => output.Green("succeeded"),
        Outcome.Failure => output.Red("failed"),
        Outcome.Cancelled => output.Yellow("cancelled"),
        _ => output.Dim("skipped"),
    };

    internal static string Elapsed(TimeSpan elapsed) =>
        elapsed.TotalSeconds < 60 ? $"{elapsed.TotalSeconds:0.00} s" : $"{(int)elapsed.TotalMinutes} min {elapsed.Seconds} s";
}
