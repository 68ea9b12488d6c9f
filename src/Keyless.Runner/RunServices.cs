using Keyless.Runner.Actions;
using Keyless.Runner.Contexts;
using Keyless.Runner.Git;

namespace Keyless.Runner;

/// <summary>What all jobs of a run share.</summary>
internal sealed record RunServices(
    RunOptions Options, RunFacts Facts, Snapshot Snapshot, GitProgram Git, ActionStore Actions, Sandbox Sandbox, HttpClient Http, string Folder, TimeProvider Time)
{
    /// <summary>Null without a template.</summary>
    public TemplateFacts? Template { get; init; }

    /// <summary>Jobs are planned and told, and count as successes.</summary>
    public bool PlanOnly { get; init; }

    /// <summary>Ends every step at once, whatever its condition.</summary>
    public required CancellationToken Killed { get; init; }
}
