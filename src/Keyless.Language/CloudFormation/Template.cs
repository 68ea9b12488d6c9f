using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>A template as written. CloudFormation User Guide, "Template anatomy".</summary>
public sealed record Template(
    SourceText Source,
    ImmutableArray<Parameter> Parameters,
    MappingNode? Mappings,
    ImmutableDictionary<string, Node> Conditions,
    ImmutableArray<ResourceDefinition> Resources,
    ImmutableArray<Output> Outputs);

/// <summary>One entry of <c>Parameters</c> with the constraints that its values must meet.</summary>
public sealed record Parameter(ScalarNode Name, string Type, Node? Default)
{
    public ImmutableArray<string> AllowedValues { get; init; } = [];

    public string? AllowedPattern { get; init; }

    public int? MinLength { get; init; }

    public int? MaxLength { get; init; }

    public decimal? MinValue { get; init; }

    public decimal? MaxValue { get; init; }

    public string? ConstraintDescription { get; init; }

    /// <summary>Whether the value is a comma-separated list: <c>CommaDelimitedList</c> and the <c>List&lt;...&gt;</c> types.</summary>
    public bool IsList => Type == "CommaDelimitedList" || Type.StartsWith("List<", StringComparison.Ordinal);
}

/// <summary>One entry of <c>Resources</c>, properties not evaluated yet.</summary>
public sealed record ResourceDefinition(ScalarNode LogicalId, ScalarNode Type, MappingNode? Properties)
{
    /// <summary>The condition under which it exists; null when always.</summary>
    public ScalarNode? Condition { get; init; }

    public ImmutableArray<ScalarNode> DependsOn { get; init; } = [];

    /// <summary>What becomes of it when it leaves the stack.</summary>
    public DeletionPolicy DeletionPolicy { get; init; }

    /// <summary>Whether the old one stays when a new one replaces it: <c>UpdateReplacePolicy</c> is <c>Retain</c>.</summary>
    public bool RetainOnReplace { get; init; }
}

/// <summary>The attribute <c>DeletionPolicy</c> of a resource.</summary>
public enum DeletionPolicy
{
    Delete,

    /// <summary>It stays, also when the very update that made it is rolled back.</summary>
    Retain,

    /// <summary>It stays, unless the update that made it is rolled back.</summary>
    RetainExceptOnCreate,
}

/// <summary>One entry of <c>Outputs</c>.</summary>
public sealed record Output(ScalarNode Name, Node Value)
{
    public ScalarNode? Condition { get; init; }
}

/// <summary>A template unless it could not be read at all, and every problem found.</summary>
public sealed record TemplateReadResult(Template? Template, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);

    /// <summary>Whether the template has all that was written, right or wrong: then evaluating it finds the other problems.</summary>
    public bool IsWhole { get; init; }
}
