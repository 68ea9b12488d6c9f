using System.Collections.Immutable;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation.Functions;

/// <summary>The condition functions. Conditions come to the texts <c>true</c> and <c>false</c>.</summary>
internal static class Conditions
{
    public static Node? If(Evaluation evaluation, Node at, Node argument) =>
        argument is SequenceNode { Items: [ScalarNode condition, var yes, var no] }
            ? evaluation.Node(evaluation.Condition(condition) ? yes : no)
            : evaluation.Error("template-function-shape", argument, "`Fn::If` takes a condition's name and two values", "write `!If [CONDITION, A, B]`");

    public static Node? EqualsTo(Evaluation evaluation, Node at, Node argument) =>
        argument is SequenceNode { Items: [var left, var right] }
            ? Truth(at, evaluation.Text(left) == evaluation.Text(right))
            : evaluation.Error("template-function-shape", argument, "`Fn::Equals` takes two values", "write `!Equals [A, B]`");

    public static Node? And(Evaluation evaluation, Node at, Node argument) =>
        Operands(evaluation, argument, "Fn::And") is { } operands ? Truth(at, operands.All(evaluation.Boolean)) : null;

    public static Node? Or(Evaluation evaluation, Node at, Node argument) =>
        Operands(evaluation, argument, "Fn::Or") is { } operands ? Truth(at, operands.Any(evaluation.Boolean)) : null;

    public static Node? Not(Evaluation evaluation, Node at, Node argument) =>
        argument is SequenceNode { Items: [var only] }
            ? Truth(at, !evaluation.Boolean(only))
            : evaluation.Error("template-function-shape", argument, "`Fn::Not` takes a list of one condition", "write `!Not [CONDITION]`");

    private static ImmutableArray<Node>? Operands(Evaluation evaluation, Node argument, string function)
    {
        if (argument is SequenceNode { Items: { Length: >= 2 and <= 10 } items })
        {
            return items;
        }

        evaluation.Error("template-function-shape", argument, $"`{function}` takes two to ten conditions", "write a list of conditions");
        return null;
    }

    private static ScalarNode Truth(Node at, bool value) => Evaluation.Scalar(at, value ? "true" : "false");
}
