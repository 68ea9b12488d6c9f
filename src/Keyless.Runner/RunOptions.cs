using System.Collections.Immutable;

namespace Keyless.Runner;

/// <summary>What a run is asked to do: the options of <c>keyless run</c>, from the command line, <c>keyless.yaml</c> and Git, in that order.</summary>
public sealed record RunOptions
{
    /// <summary>The repository's folder, absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>The workflow files, relative to <see cref="Folder"/>; empty for all that the event triggers.</summary>
    public ImmutableArray<string> Workflows { get; init; } = [];

    /// <summary>Holds the sandbox's state, absolute.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Null for the first of <c>push</c>, <c>workflow_dispatch</c>, <c>pull_request</c> that a workflow has.</summary>
    public string? Event { get; init; }

    /// <summary>The JSON file of the event's payload, absolute.</summary>
    public string? EventFile { get; init; }

    /// <summary><c>owner/name</c>; null to ask Git.</summary>
    public string? Repository { get; init; }

    /// <summary>Null, as with the three below, for what the event's payload says, else a value made up.</summary>
    public string? RepositoryId { get; init; }

    public string? OwnerId { get; init; }

    public string? Visibility { get; init; }

    /// <summary>The full ref, or a branch's name; null to ask Git.</summary>
    public string? Ref { get; init; }

    public string? Actor { get; init; }

    /// <summary>Whether a pull request comes from another repository, also when no payload says so.</summary>
    public bool FromFork { get; init; }

    /// <summary>Whether subjects carry ids.</summary>
    public bool ImmutableSubject { get; init; }

    /// <summary>Inputs of a <c>workflow_dispatch</c>.</summary>
    public ImmutableSortedDictionary<string, string> Inputs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<string, string> Secrets { get; init; } = NoCase;

    public ImmutableSortedDictionary<string, string> Vars { get; init; } = NoCase;

    /// <summary>Added to every job's environment below the workflow's own.</summary>
    public ImmutableSortedDictionary<string, string> Env { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Only this job, and what it needs.</summary>
    public string? Job { get; init; }

    /// <summary>Only the matrix jobs with these values.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Matrix { get; init; } = [];

    /// <summary>The CloudFormation template of the sandbox, absolute.</summary>
    public string? Stack { get; init; }

    /// <summary>Values for the template's parameters.</summary>
    public ImmutableSortedDictionary<string, string> StackParameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Runs published actions instead of the built-in ones.</summary>
    public bool RealActions { get; init; }

    /// <summary>Holds unpacked <c>owner/repo@ref</c> trees, absolute; null to fetch with Git.</summary>
    public string? ActionCache { get; init; }

    /// <summary>Whether clients without endpoint variables are helped by a proxy.</summary>
    public bool Proxy { get; init; } = true;

    /// <summary>Leaves uncommitted changes out.</summary>
    public bool CommittedOnly { get; init; }

    /// <summary>Keeps the jobs' folders when the run ends.</summary>
    public bool KeepFolders { get; init; }

    /// <summary>Shows debug lines, as the secret <c>ACTIONS_STEP_DEBUG</c> does.</summary>
    public bool Debug { get; init; }

    public static ImmutableSortedDictionary<string, string> NoCase { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);
}
