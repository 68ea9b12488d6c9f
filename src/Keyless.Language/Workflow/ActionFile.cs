using System.Collections.Immutable;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Workflow;

/// <summary>An action as its <c>action.yml</c> says it. docs.github.com, "Metadata syntax for GitHub Actions".</summary>
public sealed record ActionFile(SourceText Source, ActionRuns Runs)
{
    public string? Name { get; init; }

    public ImmutableArray<ActionInput> Inputs { get; init; } = [];

    public ImmutableArray<ActionOutput> Outputs { get; init; } = [];

    /// <summary>A folder with a <c>Dockerfile</c> and no metadata is an action too.</summary>
    public static ActionFile OfDockerfile(SourceText source) => new(source, new ActionRuns.Docker("Dockerfile"));
}

/// <summary>An input; <c>required</c> is declared but never enforced.</summary>
public sealed record ActionInput(string Name, SourceSpan Span)
{
    public bool Required { get; init; }

    public Template? Default { get; init; }

    public string? DeprecationMessage { get; init; }
}

/// <param name="Value">Where a composite action gets it; null for others, which set it themselves.</param>
public sealed record ActionOutput(string Name, Template? Value, SourceSpan Span);

/// <summary>How an action runs.</summary>
public abstract record ActionRuns
{
    private ActionRuns()
    {
    }

    /// <param name="Using"><c>node12</c> to <c>node24</c>.</param>
    public sealed record Node(string Using, string Main) : ActionRuns
    {
        public string? Pre { get; init; }

        /// <summary>Null for the default, <c>always()</c>.</summary>
        public Condition? PreIf { get; init; }

        public string? Post { get; init; }

        public Condition? PostIf { get; init; }
    }

    public sealed record Composite(ImmutableArray<Step> Steps) : ActionRuns;

    public sealed record Docker(string Image) : ActionRuns;
}
