using System.Collections.Immutable;
using Keyless.Language.CloudFormation;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint;

/// <summary>A CloudFormation template as the rules look at it.</summary>
internal sealed record LintedTemplate(ImmutableArray<LintedPolicy> Policies, ImmutableArray<TemplateProvider> Providers);

/// <summary>An identity provider that a template makes.</summary>
/// <param name="Url">Without scheme, as condition keys and ARNs carry it.</param>
internal sealed record TemplateProvider(string Arn, string Url, ScalarNode UrlNode, ImmutableArray<ScalarNode> ClientIds, SequenceNode? Thumbprints)
{
    public static IEnumerable<TemplateProvider> Of(EvaluatedTemplate template)
    {
        foreach (var resource in template.Resources.Where(r => r.Type.Name == "AWS::IAM::OIDCProvider"))
        {
            if (resource.Properties["Url"] is ScalarNode url)
            {
                var scheme = url.Text.IndexOf("://", StringComparison.Ordinal);
                var clients = resource.Properties["ClientIdList"] as SequenceNode;
                yield return new TemplateProvider(
                    resource.PhysicalId, scheme < 0 ? url.Text : url.Text[(scheme + 3)..], url, [.. (clients?.Items ?? []).OfType<ScalarNode>()], resource.Properties["ThumbprintList"] as SequenceNode);
            }
        }
    }
}
