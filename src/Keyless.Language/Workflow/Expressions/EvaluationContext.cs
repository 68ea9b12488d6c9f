using System.Collections.Immutable;

namespace Keyless.Language.Workflow.Expressions;

/// <summary>How a job, a step or a run ended; docs.github.com, "Contexts reference", <c>job.status</c> and <c>needs.X.result</c>.</summary>
public enum Outcome
{
    Success,
    Failure,
    Cancelled,
    Skipped,
}

/// <summary>What a status function answers, given the ids of jobs it was called with.</summary>
public delegate bool StatusFunction(Function function, ImmutableArray<string> jobs);

/// <summary>Hashes the files that the patterns select: the text, or why not.</summary>
public delegate HashFilesResult HashFilesFunction(ImmutableArray<string> patterns, bool followSymbolicLinks);

public readonly record struct HashFilesResult(string? Hash, string? Error);

/// <summary>What expressions are evaluated against: the contexts, and what the world outside answers to functions.</summary>
public sealed class EvaluationContext
{
    /// <summary><c>github</c>, <c>env</c>, <c>steps</c>, ... by name.</summary>
    public ObjectValue Contexts { get; init; } = [];

    /// <summary>Answers <c>success()</c> and its kin; see <see cref="Workflow.Status"/>. Without it they are false.</summary>
    public StatusFunction Status { get; init; } = (_, _) => false;

    public HashFilesFunction? HashFiles { get; init; }
}

/// <summary>A value, or why there is none.</summary>
public readonly record struct Evaluated(Value Value, ExpressionError? Error);
