using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow;

/// <summary>A workflow as its file says it. docs.github.com, "Workflow syntax for GitHub Actions".</summary>
public sealed record WorkflowFile(SourceText Source)
{
    /// <summary>The <c>name</c>; null when there is none, and then GitHub shows the path.</summary>
    public string? Name { get; init; }

    public Template? RunName { get; init; }

    public ImmutableArray<Trigger> On { get; init; } = [];

    /// <summary>The inputs of <c>workflow_dispatch</c>.</summary>
    public ImmutableArray<InputDefinition> DispatchInputs { get; init; } = [];

    /// <summary>What <c>on.workflow_call</c> declares; null when the workflow cannot be called.</summary>
    public CallInterface? Call { get; init; }

    public Template? Env { get; init; }

    public RunDefaults Defaults { get; init; } = RunDefaults.None;

    /// <summary>Null when there is no <c>permissions</c> key.</summary>
    public PermissionSet? Permissions { get; init; }

    public Template? Concurrency { get; init; }

    public ImmutableArray<Job> Jobs { get; init; } = [];

    public Job? FindJob(string id) => Jobs.FirstOrDefault(j => j.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}

/// <summary><c>defaults.run</c>; at the level of a job both may hold expressions.</summary>
public sealed record RunDefaults(Template? Shell, Template? WorkingDirectory)
{
    public static readonly RunDefaults None = new(null, null);
}

/// <summary>An input of <c>workflow_dispatch</c> or <c>workflow_call</c>.</summary>
/// <param name="Type"><c>string</c>, <c>boolean</c>, <c>number</c>, <c>choice</c> or <c>environment</c>.</param>
public sealed record InputDefinition(string Name, string Type, SourceSpan Span)
{
    public string? Description { get; init; }

    public bool Required { get; init; }

    public Template? Default { get; init; }

    public ImmutableArray<string> Options { get; init; } = [];

    public string? DeprecationMessage { get; init; }
}

public sealed record SecretDefinition(string Name, bool Required, SourceSpan Span);

public sealed record OutputDefinition(string Name, Template Value, SourceSpan Span);

/// <summary>What a reusable workflow takes and gives.</summary>
public sealed record CallInterface(ImmutableArray<InputDefinition> Inputs, ImmutableArray<SecretDefinition> Secrets, ImmutableArray<OutputDefinition> Outputs);

/// <summary>A job: with steps of its own, or a call of another workflow.</summary>
public abstract record Job(string Id, SourceText Source, SourceSpan Span)
{
    /// <summary>Null when there is none: the id is the name.</summary>
    public Template? Name { get; init; }

    public ImmutableArray<Word> Needs { get; init; } = [];

    public required Condition If { get; init; }

    /// <summary>Null when there is no <c>permissions</c> key; then the workflow's count.</summary>
    public PermissionSet? Permissions { get; init; }

    /// <summary>The <c>strategy</c>: <c>matrix</c>, <c>fail-fast</c>, <c>max-parallel</c>.</summary>
    public Template? Strategy { get; init; }

    public Template? Concurrency { get; init; }
}

public sealed record StepsJob(string Id, SourceText Source, SourceSpan Span) : Job(Id, Source, Span)
{
    public required Template RunsOn { get; init; }

    /// <summary>A text, or a mapping of <c>name</c> and <c>url</c>.</summary>
    public Template? Environment { get; init; }

    public Template? Outputs { get; init; }

    public Template? Env { get; init; }

    public RunDefaults Defaults { get; init; } = RunDefaults.None;

    public Template? TimeoutMinutes { get; init; }

    public Template? CancelTimeoutMinutes { get; init; }

    public Template? ContinueOnError { get; init; }

    /// <summary>A text, or a mapping with <c>image</c>.</summary>
    public Template? Container { get; init; }

    public Template? Services { get; init; }

    public Template? Snapshot { get; init; }

    public ImmutableArray<Step> Steps { get; init; } = [];
}

/// <summary>A job that calls a reusable workflow.</summary>
public sealed record CallJob(string Id, SourceText Source, SourceSpan Span) : Job(Id, Source, Span)
{
    public required Word Uses { get; init; }

    /// <summary>Null when the text is no reference to a workflow.</summary>
    public WorkflowReference? Reference { get; init; }

    public Template? With { get; init; }

    /// <summary><c>secrets: inherit</c>.</summary>
    public bool InheritsSecrets { get; init; }

    public Template? Secrets { get; init; }

    /// <summary>The workflow that is called; null when it was not resolved or cannot be read.</summary>
    public WorkflowFile? Callee { get; init; }
}

/// <summary>A step of a job or of a composite action.</summary>
/// <param name="Id">The author's, or the one made for it, which begins with <c>__</c>.</param>
public abstract record Step(string Id, SourceText Source, SourceSpan Span)
{
    public bool HasOwnId => !Id.StartsWith("__", StringComparison.Ordinal);

    public Template? Name { get; init; }

    public required Condition If { get; init; }

    public Template? Env { get; init; }

    public Template? TimeoutMinutes { get; init; }

    public Template? ContinueOnError { get; init; }

    public bool Background { get; init; }
}

public sealed record RunStep(string Id, SourceText Source, SourceSpan Span) : Step(Id, Source, Span)
{
    public required Template Run { get; init; }

    /// <summary>In composite actions it may hold expressions.</summary>
    public Template? Shell { get; init; }

    public Template? WorkingDirectory { get; init; }
}

public sealed record UsesStep(string Id, SourceText Source, SourceSpan Span) : Step(Id, Source, Span)
{
    public required Word Uses { get; init; }

    public required ActionReference Action { get; init; }

    public Template? With { get; init; }
}

/// <summary>Waits for background steps: those named, or all.</summary>
public sealed record WaitStep(string Id, SourceText Source, SourceSpan Span, ImmutableArray<Word> Steps, bool All) : Step(Id, Source, Span);

/// <summary>Cancels a background step.</summary>
public sealed record CancelStep(string Id, SourceText Source, SourceSpan Span, Word Step) : Step(Id, Source, Span);

/// <summary>Runs steps side by side.</summary>
public sealed record ParallelStep(string Id, SourceText Source, SourceSpan Span, ImmutableArray<Step> Steps) : Step(Id, Source, Span);
