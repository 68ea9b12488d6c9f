using System.Collections.Immutable;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Contexts;
using Keyless.Server.Audit;

namespace Keyless.Runner;

/// <summary>What happens in a run, as it happens, masked already. The console prints it, tests collect it.</summary>
public abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>Something to know about the run as a whole.</summary>
    public sealed record Note(string Text) : RunEvent;

    /// <summary>A workflow begins.</summary>
    public sealed record WorkflowStarted(RunFacts Run) : RunEvent;

    /// <summary>A job that would run, with what its tokens would say.</summary>
    public sealed record Planned(PlannedJob Plan) : RunEvent;

    public sealed record JobStarted(string Job) : RunEvent;

    /// <param name="Manner">How it runs where that is not obvious: <c>built in</c>, <c>node 20</c>.</param>
    public sealed record StepStarted(string Job, string Title, string? Manner) : RunEvent;

    /// <summary>A line of a step.</summary>
    public sealed record Line(string Job, LineKind Kind, string Text) : RunEvent;

    public sealed record Annotated(string Job, Annotation Annotation) : RunEvent;

    /// <summary>The sandbox decided about something a step asked for.</summary>
    /// <param name="Places">Where in the user's files its cause stands, <c>FILE:LINE:COLUMN</c> and what is there.</param>
    /// <param name="IsRepeated">The same step asked the same and was told the same before.</param>
    public sealed record Decided(string Job, DecisionRecord Decision, ImmutableArray<string> Places, bool IsRepeated) : RunEvent;

    public sealed record StepEnded(string Job, StepReport Step) : RunEvent;

    public sealed record JobEnded(string Job, JobReport Report) : RunEvent;
}

public enum LineKind
{
    /// <summary>What the step wrote.</summary>
    Output,

    /// <summary>What the runner says: the script it runs, the environment, a hint.</summary>
    Runner,

    /// <summary>A heading under which the following lines fold.</summary>
    Group,
    EndGroup,
    Debug,

    /// <summary>A sentence about what went wrong and what to do.</summary>
    Help,
}

public enum AnnotationLevel
{
    Notice,
    Warning,
    Error,
}

/// <summary>A remark about a place in the repository. GitHub Docs, "Workflow commands", setting a notice message.</summary>
public sealed record Annotation(AnnotationLevel Level, string Message)
{
    public string? Title { get; init; }

    public string? File { get; init; }

    public int? Line { get; init; }

    public int? EndLine { get; init; }

    public int? Column { get; init; }

    public int? EndColumn { get; init; }
}

/// <summary>How a step went.</summary>
/// <param name="Outcome">Before <c>continue-on-error</c>.</param>
/// <param name="Conclusion">After it.</param>
public sealed record StepReport(string Title, string Id, Outcome Outcome, Outcome Conclusion, TimeSpan Elapsed);

/// <summary>How a job went.</summary>
/// <param name="Name">As shown: with matrix values and calling jobs.</param>
/// <param name="Id">The key in the workflow file, behind those of calling jobs.</param>
public sealed record JobReport(string Name, string Id, Outcome Result, TimeSpan Elapsed)
{
    public ImmutableArray<StepReport> Steps { get; init; } = [];

    public ImmutableArray<Annotation> Annotations { get; init; } = [];

    public ImmutableArray<KeyValuePair<string, string>> Outputs { get; init; } = [];

    /// <summary>Markdown from <c>GITHUB_STEP_SUMMARY</c>, step by step.</summary>
    public string Summary { get; init; } = "";
}

/// <summary>How a run went.</summary>
public sealed record RunReport(RunFacts Run, Outcome Result, ImmutableArray<JobReport> Jobs)
{
    /// <summary>Every decision of the sandbox in the run, in order.</summary>
    public ImmutableArray<DecisionRecord> Decisions { get; init; } = [];
}
