using System.Collections.Frozen;
using Keyless.Language.CloudFormation.Functions;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation;

/// <summary>A function of the template language: the value of a call at <paramref name="at"/> with the argument as written.</summary>
internal delegate Node? IntrinsicFunction(Evaluation evaluation, Node at, Node argument);

/// <summary>Every function, one row each, and how a call is written.</summary>
internal static class IntrinsicFunctions
{
    public static readonly FrozenDictionary<string, IntrinsicFunction> Table = new Dictionary<string, IntrinsicFunction>(StringComparer.Ordinal)
    {
        ["Ref"] = References.Ref,
        ["Fn::GetAtt"] = References.GetAtt,
        ["Fn::FindInMap"] = References.FindInMap,
        ["Fn::Sub"] = Texts.Sub,
        ["Fn::Join"] = Texts.Join,
        ["Fn::Split"] = Texts.Split,
        ["Fn::Select"] = Texts.Select,
        ["Fn::Base64"] = Texts.Base64,
        ["Fn::Length"] = Texts.Length,
        ["Fn::ToJsonString"] = Texts.ToJsonString,
        ["Fn::If"] = Conditions.If,
        ["Fn::Equals"] = Conditions.EqualsTo,
        ["Fn::And"] = Conditions.And,
        ["Fn::Or"] = Conditions.Or,
        ["Fn::Not"] = Conditions.Not,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Functions that CloudFormation has and that need what is not here, each with what to write instead.</summary>
    public static readonly FrozenDictionary<string, string> Elsewhere = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Fn::ImportValue"] = "stacks export nothing here: take the value as a parameter, `--parameter NAME=VALUE`",
        ["Fn::GetAZs"] = "there are no availability zones here: write the value",
        ["Fn::GetStackOutput"] = "take the value as a parameter, `--parameter NAME=VALUE`",
        ["Fn::Cidr"] = "there are no networks here: write the value",
        ["Fn::Transform"] = "macros do not run here: apply the processed template, `aws cloudformation get-template --template-stage Processed`",
        ["Fn::ForEach"] = "write the entries out",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The function a node calls, <c>{ "Fn::Sub": ... }</c> or <c>!Sub ...</c>; null when it calls none.</summary>
    public static (string Name, Node Argument)? CallIn(Node node)
    {
        if (node.Tag is { Length: > 1 } tag && tag[0] == '!' && tag[1] != '!')
        {
            return (LongName(tag[1..]), node with { Tag = null });
        }

        return node is MappingNode { Members: [var only] } && (only.Name == "Ref" || only.Name.StartsWith("Fn::", StringComparison.Ordinal))
            ? (only.Name, only.Value)
            : null;
    }

    private static string LongName(string name) => name is "Ref" || name.StartsWith("Fn::", StringComparison.Ordinal) ? name : "Fn::" + name;
}
