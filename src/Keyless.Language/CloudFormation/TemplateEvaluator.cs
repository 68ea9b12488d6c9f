using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>Where a template is evaluated: the pseudo parameters and what only the server knows.</summary>
public sealed record TemplateEnvironment
{
    public required string AccountId { get; init; }

    public string Region { get; init; } = "us-east-1";

    public string Partition { get; init; } = "aws";

    public string StackName { get; init; } = "keyless";

    /// <summary>Values for the template's parameters; the others take their defaults.</summary>
    public ImmutableDictionary<string, string> Parameters { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>
    /// Whether a parameter without value and default stands for itself instead of being an error: what a linter wants, which reads
    /// templates without their parameters.
    /// </summary>
    public bool AllowMissingParameters { get; init; }

    /// <summary>What the stack has already, by logical id: a resource that is not replaced keeps its physical id.</summary>
    public ImmutableDictionary<string, ExistingResource> Existing { get; init; } = ImmutableDictionary<string, ExistingResource>.Empty;

    /// <summary>The URL of a bucket's website, for <c>!GetAtt Bucket.WebsiteURL</c>.</summary>
    public Func<string, string>? WebsiteUrl { get; init; }
}

/// <summary>A resource that a stack made before.</summary>
public sealed record ExistingResource(string Type, string PhysicalId, MappingNode Properties);

/// <summary>A resource with its functions evaluated. Every node keeps the place in the template that it came from.</summary>
public sealed record Resource(ResourceDefinition Definition, ResourceType Type, MappingNode Properties, string PhysicalId)
{
    public string LogicalId => Definition.LogicalId.Text;

    /// <summary>Its ARN; null for types that have none.</summary>
    public string? Arn { get; init; }

    /// <summary>The changed properties for which it replaces the one that the stack has; empty when it is that one, or new.</summary>
    public ImmutableArray<string> Replacing { get; init; } = [];
}

/// <summary>The resources that exist under these parameters, each after those it needs, the outputs, and every problem.</summary>
public sealed record EvaluatedTemplate(
    ImmutableArray<Resource> Resources,
    ImmutableArray<KeyValuePair<string, string>> Outputs,
    ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(d => d.Severity == Severity.Error);
}

/// <summary>
/// Evaluates a template: parameters, conditions, intrinsic functions, resources in the order of their dependencies.
/// CloudFormation User Guide, "Intrinsic function reference".
/// </summary>
public static class TemplateEvaluator
{
    public static EvaluatedTemplate Evaluate(Template template, TemplateEnvironment environment)
    {
        var evaluation = new Evaluation(template, environment);
        evaluation.CheckParameters();
        foreach (var definition in template.Resources)
        {
            evaluation.Resource(definition.LogicalId.Text, definition.LogicalId);
        }

        var outputs = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var output in template.Outputs)
        {
            if ((output.Condition is null || evaluation.Condition(output.Condition)) && evaluation.Text(output.Value) is { } text)
            {
                outputs.Add(new(output.Name.Text, text));
            }
        }

        return new EvaluatedTemplate(evaluation.Resources, outputs.ToImmutable(), evaluation.Diagnostics);
    }
}
