using Keyless.Language.Workflow;
using Keyless.Runner.Actions;

namespace Keyless.Runner.Steps;

/// <summary>One use of an action in a job: its phases share state, and an action that never began has nothing to clean up.</summary>
internal sealed class ActionUse(UsesStep step, StepScope scope)
{
    public UsesStep Step { get; } = step;

    /// <summary>Where its step stands; inside a composite only known for good when that runs.</summary>
    public StepScope Scope { get; set; } = scope;

    /// <summary>Null for a built-in action, and for a local one until its step starts.</summary>
    public LoadedAction? Action { get; set; }

    public Dictionary<string, string> State { get; } = new(StringComparer.Ordinal);

    /// <summary>The inputs of the main phase, which the post phase sees again.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; set; } = new Dictionary<string, string>();

    /// <summary>The step's own environment in the main phase.</summary>
    public IReadOnlyDictionary<string, string> Env { get; set; } = new Dictionary<string, string>();

    public string Title { get; set; } = "";

    public bool HasRun { get; set; }
}
