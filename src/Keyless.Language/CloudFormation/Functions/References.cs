using System.Collections.Frozen;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation.Functions;

/// <summary><c>Ref</c>, <c>Fn::GetAtt</c> and <c>Fn::FindInMap</c>.</summary>
internal static class References
{
    public static Node? Ref(Evaluation evaluation, Node at, Node argument) =>
        argument is ScalarNode name
            ? Named(evaluation, at, name.Text)
            : evaluation.Error("template-function-shape", argument, "`Ref` takes the name of a parameter or resource", "write `!Ref NAME`");

    /// <summary>What a bare name stands for: a pseudo parameter, a parameter, a resource's physical id.</summary>
    public static Node? Named(Evaluation evaluation, Node at, string name)
    {
        if (name == "AWS::NoValue")
        {
            return null;
        }

        if (PseudoParameters.TryGetValue(name, out var pseudo))
        {
            return Evaluation.Scalar(at, pseudo(evaluation.Environment));
        }

        var parameter = evaluation.Parameter(name, at, out var found);
        return found ? parameter : evaluation.Resource(name, at) is { } resource ? Evaluation.Scalar(at, resource.PhysicalId) : Unknown(evaluation, at, name);
    }

    public static Node? GetAtt(Evaluation evaluation, Node at, Node argument)
    {
        var (resource, attribute) = argument switch
        {
            ScalarNode { Text: var text } when text.Split('.', 2) is [var head, var tail] => (head, tail),
            SequenceNode { Items: [ScalarNode head, var tail] } => (head.Text, evaluation.Text(tail)),
            _ => (null, null),
        };
        return resource is null || attribute is null
            ? evaluation.Error("template-function-shape", argument, "`Fn::GetAtt` takes a resource and an attribute", "write `!GetAtt RESOURCE.ATTRIBUTE`")
            : Attribute(evaluation, at, resource, attribute);
    }

    public static Node? Attribute(Evaluation evaluation, Node at, string logicalId, string attribute)
    {
        if (evaluation.Resource(logicalId, at) is not { } resource)
        {
            return Unknown(evaluation, at, logicalId);
        }

        if (resource.Type.Attributes.TryGetValue(attribute, out var value))
        {
            return Evaluation.Scalar(at, value(new ResourceNaming(evaluation.Environment, logicalId, resource.Properties), resource.PhysicalId));
        }

        if (resource.Type.LaterAttributes.Contains(attribute))
        {
            return evaluation.Error(
                "template-attribute-later",
                at,
                $"`{attribute}` of `{logicalId}` exists only once it is made, and a template here is evaluated before",
                $"use its name, `!Ref {logicalId}`, or {string.Join(", ", resource.Type.Attributes.Keys.Select(name => $"`!GetAtt {logicalId}.{name}`"))}");
        }

        var near = Suggest.Nearest(attribute, resource.Type.Attributes.Keys);
        return evaluation.Error(
            "template-attribute-unknown",
            at,
            $"`{resource.Type.Name}` has no attribute `{attribute}`",
            near is null ? $"expected one of {string.Join(", ", resource.Type.Attributes.Keys)}" : $"did you mean `{near}`?");
    }

    public static Node? FindInMap(Evaluation evaluation, Node at, Node argument)
    {
        if (argument is not SequenceNode { Items: [var mapName, var firstKey, var secondKey, ..] })
        {
            return evaluation.Error("template-function-shape", argument, "`Fn::FindInMap` takes a map and two keys", "write `!FindInMap [MAP, KEY, KEY]`");
        }

        if (evaluation.Text(mapName) is not { } map || evaluation.Text(firstKey) is not { } first || evaluation.Text(secondKey) is not { } second)
        {
            return null;
        }

        return ((evaluation.Template.Mappings?[map] as MappingNode)?[first] as MappingNode)?[second]
            ?? evaluation.Error("template-map-key", at, $"the mapping `{map}` has no `{first}.{second}`", "add it under `Mappings`");
    }

    /// <summary>CloudFormation User Guide, "Get AWS values using pseudo parameters". Nobody is notified here.</summary>
    private static readonly FrozenDictionary<string, Func<TemplateEnvironment, string>> PseudoParameters = new Dictionary<string, Func<TemplateEnvironment, string>>(StringComparer.Ordinal)
    {
        ["AWS::AccountId"] = e => e.AccountId,
        ["AWS::Region"] = e => e.Region,
        ["AWS::Partition"] = e => e.Partition,
        ["AWS::StackName"] = e => e.StackName,
        ["AWS::StackId"] = e => $"arn:{e.Partition}:cloudformation:{e.Region}:{e.AccountId}:stack/{e.StackName}/keyless",
        ["AWS::URLSuffix"] = _ => "amazonaws.com",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static Node? Unknown(Evaluation evaluation, Node at, string name)
    {
        if (evaluation.Template.Resources.Any(r => r.LogicalId.Text == name))
        {
            // Its own problem is reported where it stands; what is left is a resource whose condition is false.
            return evaluation.Diagnostics.Any(d => d.Severity == Severity.Error)
                ? null
                : evaluation.Error("template-reference-absent", at, $"the resource `{name}` does not exist under these conditions", "put the reference under the same condition with `Fn::If`");
        }

        if (name.StartsWith("AWS::", StringComparison.Ordinal))
        {
            return evaluation.Error(
                "template-reference-unknown",
                at,
                $"there is no pseudo parameter `{name}`",
                Suggest.Nearest(name, PseudoParameters.Keys) is { } meant ? $"did you mean `{meant}`?" : $"there are {string.Join(", ", PseudoParameters.Keys.Order(StringComparer.Ordinal))}");
        }

        var near = Suggest.Nearest(name, evaluation.Template.Parameters.Select(p => p.Name.Text).Concat(evaluation.Template.Resources.Select(r => r.LogicalId.Text)));
        return evaluation.Error(
            "template-reference-unknown",
            at,
            $"there is no parameter or resource `{name}`",
            near is null ? "add it under `Parameters` or `Resources`" : $"did you mean `{near}`?");
    }
}
