using System.Collections.Immutable;
using Keyless.Language.Workflow.Expressions;
using Keyless.Runner.Actions;

namespace Keyless.Runner.Steps;

/// <summary>The steps that see each other: those of a job, or those of one use of a composite action.</summary>
internal sealed class StepScope
{
    public const int Deepest = 10;

    /// <summary>The <c>steps</c> context: finished steps with an id of their own.</summary>
    public ObjectValue Steps { get; } = [];

    public Value Inputs { get; init; } = new ObjectValue();

    /// <summary>The composite action; null for the job's own steps.</summary>
    public ActionFolder? Action { get; init; }

    /// <summary>What the steps around a composite set for it.</summary>
    public ImmutableDictionary<string, string> OuterEnv { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How the composite stands.</summary>
    public Outcome Course { get; set; } = Outcome.Success;

    public int Depth { get; init; }

    public bool IsComposite => Action is not null;
}
