using System.Collections.Immutable;
using Keyless.Language.Policy.Document;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>A policy that stands in a template.</summary>
/// <param name="LogicalId">The resource that holds it.</param>
/// <param name="Name">The policy's own name; null for trust and bucket policies.</param>
/// <param name="Document">Evaluated, with places in the template.</param>
public sealed record TemplatePolicy(string LogicalId, string ResourceType, string? Name, PolicyKind Kind, Node Document)
{
    /// <summary>How messages name it: <c>DeployRole</c>, or <c>DeployRole/upload</c>.</summary>
    public string Title => Name is null ? LogicalId : $"{LogicalId}/{Name}";
}

/// <summary>Finds every policy of an evaluated template, in document order.</summary>
public static class TemplatePolicies
{
    public static ImmutableArray<TemplatePolicy> Of(EvaluatedTemplate template) =>
        [.. template.Resources.OrderBy(r => r.Definition.LogicalId.Span.Start).SelectMany(Of)];

    private static IEnumerable<TemplatePolicy> Of(Resource resource)
    {
        if (resource.Properties["AssumeRolePolicyDocument"] is { } trust)
        {
            yield return new(resource.LogicalId, resource.Type.Name, null, PolicyKind.Trust, trust);
        }

        if (resource.Properties["Policies"] is SequenceNode inline)
        {
            foreach (var policy in inline.Items.OfType<MappingNode>())
            {
                if (policy["PolicyDocument"] is { } document)
                {
                    yield return new(resource.LogicalId, resource.Type.Name, (policy["PolicyName"] as ScalarNode)?.Text, PolicyKind.Identity, document);
                }
            }
        }

        if (resource.Properties["PolicyDocument"] is { } own)
        {
            var kind = resource.Type.Name == "AWS::S3::BucketPolicy" ? PolicyKind.Resource : PolicyKind.Identity;
            yield return new(resource.LogicalId, resource.Type.Name, (resource.Properties["PolicyName"] as ScalarNode)?.Text, kind, own);
        }
    }
}
