using Keyless.Language.Diagnostics;
using Keyless.Runner;

namespace Runner.Tests.Runs;

/// <summary>A run with everything it wrote.</summary>
internal sealed record CollectedRun(SessionResult Result, List<RunEvent> Events)
{
    /// <summary>What steps wrote: the echo of scripts is not among it.</summary>
    public List<string> Lines => [.. Events.OfType<RunEvent.Line>().Where(line => line.Kind is LineKind.Output or LineKind.Group).Select(line => line.Text)];

    /// <summary>For messages of failed tests.</summary>
    public string Text => string.Join('\n', Events.Select(Describe)) + "\n" + Result.Problem + "\n" + TextRenderer.Render(Result.Diagnostics);

    public static async Task<CollectedRun> Of(RunOptions options, CancellationToken cancelled = default)
    {
        var events = new List<RunEvent>();
        var gate = new Lock();
        var result = await new Session(options, happened =>
        {
            lock (gate)
            {
                events.Add(happened);
            }
        }, TimeProvider.System).RunAsync(cancelled, CancellationToken.None);
        return new CollectedRun(result, events);
    }

    private static string Describe(RunEvent happened) => happened switch
    {
        RunEvent.Line line => $"{line.Job} {line.Kind}: {line.Text}",
        RunEvent.Annotated { Annotation: var a } => $"{a.Level}: {a.File}:{a.Line} {a.Message}",
        RunEvent.Decided { Decision: var d, Places: var places } =>
            $"{d.EventName} {(d.Allowed ? "allowed" : "refused")}: {d.Summary} {d.Help} {string.Join(' ', places)} {string.Join(' ', d.Checks.Where(check => !check.Passed))}",
        RunEvent.StepEnded { Step: var s } => $"-- {s.Title}: {s.Outcome}",
        RunEvent.JobEnded { Report: var j } => $"== {j.Name}: {j.Result}",
        _ => happened.ToString(),
    };
}
