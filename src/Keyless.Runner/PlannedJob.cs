using System.Collections.Immutable;
using Keyless.Language.Oidc;
using Keyless.Language.Workflow;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Runner;

/// <summary>One job about to run: a job of a file with one combination of its matrix, and everything that was known before its first step.</summary>
/// <param name="Name">As shown: <c>build (linux)</c>, <c>deploy / upload</c>.</param>
/// <param name="Path">The job's id behind the ids of the jobs that call its file: <c>deploy/upload</c>.</param>
public sealed record PlannedJob(WorkflowFile Workflow, StepsJob Job, string Name, string Path)
{
    /// <summary>The contexts <c>github needs strategy matrix vars inputs secrets</c>.</summary>
    public required ObjectValue Contexts { get; init; }

    /// <summary>What becomes <c>***</c> in this job's log.</summary>
    public required ImmutableArray<string> Secrets { get; init; }

    /// <summary>What its tokens say.</summary>
    public required JobFacts Facts { get; init; }

    /// <summary>Whether it gets tokens, and why not.</summary>
    public required TokenAccessAnswer Access { get; init; }
}

/// <summary>What became of a job: for its dependants and for the report.</summary>
/// <param name="Result">What <c>needs.X.result</c> says: a tolerated failure is a success.</param>
public sealed record JobOutcome(Outcome Result, ImmutableArray<KeyValuePair<string, string>> Outputs);
