using System.Globalization;
using System.Text;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.CloudFormation.Functions;

/// <summary>The functions over texts and lists.</summary>
internal static class Texts
{
    /// <summary><c>Fn::Sub</c>: a text with <c>${NAME}</c>, <c>${RESOURCE.ATTRIBUTE}</c> and <c>${!LITERAL}</c>, alone or with values of its own.</summary>
    public static Node? Sub(Evaluation evaluation, Node at, Node argument)
    {
        var (template, values) = argument switch
        {
            ScalarNode text => (text, null),
            SequenceNode { Items: [ScalarNode text, MappingNode map] } => (text, map),
            _ => (null, null),
        };
        if (template is null)
        {
            return evaluation.Error("template-function-shape", argument, "`Fn::Sub` takes a text, or a text and its values", "write `!Sub \"text ${NAME}\"`");
        }

        var result = new StringBuilder();
        var rest = template.Text.AsSpan();
        while (rest.IndexOf("${", StringComparison.Ordinal) is >= 0 and var start)
        {
            result.Append(rest[..start]);
            var length = rest[start..].IndexOf('}');
            if (length < 0)
            {
                return evaluation.Error("template-sub-unclosed", Place(template, rest[start..].ToString()), "`${` without its `}`", "close it, or write `${!` for the literal text");
            }

            var name = rest.Slice(start + 2, length - 2).ToString();
            rest = rest[(start + length + 1)..];
            if (name.StartsWith('!'))
            {
                result.Append("${").Append(name.AsSpan(1)).Append('}');
            }
            else if (Value(evaluation, Place(template, $"${{{name}}}"), values, name.Trim()) is { } value)
            {
                result.Append(value);
            }
            else
            {
                return null;
            }
        }

        return Evaluation.Scalar(at, result.Append(rest).ToString());
    }

    public static Node? Join(Evaluation evaluation, Node at, Node argument)
    {
        if (argument is not SequenceNode { Items: [var delimiter, var list] })
        {
            return evaluation.Error("template-function-shape", argument, "`Fn::Join` takes a delimiter and a list", "write `!Join [\",\", [a, b]]`");
        }

        return evaluation.Text(delimiter) is { } separator && evaluation.List(list, "Fn::Join") is { } items
            ? Evaluation.Scalar(at, string.Join(separator, items.Select(evaluation.Text)))
            : null;
    }

    public static Node? Split(Evaluation evaluation, Node at, Node argument)
    {
        if (argument is not SequenceNode { Items: [var delimiter, var text] })
        {
            return evaluation.Error("template-function-shape", argument, "`Fn::Split` takes a delimiter and a text", "write `!Split [\",\", \"a,b\"]`");
        }

        return evaluation.Text(delimiter) is { Length: > 0 } separator && evaluation.Text(text) is { } whole
            ? new SequenceNode(at.Source, at.Span, [.. whole.Split(separator).Select(part => Evaluation.Scalar(at, part))])
            : null;
    }

    public static Node? Select(Evaluation evaluation, Node at, Node argument)
    {
        if (argument is not SequenceNode { Items: [var index, var list] })
        {
            return evaluation.Error("template-function-shape", argument, "`Fn::Select` takes an index and a list", "write `!Select [0, [a, b]]`");
        }

        if (evaluation.Text(index) is not { } text || evaluation.List(list, "Fn::Select") is not { } items)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < items.Length
            ? items[i]
            : evaluation.Error("template-select-index", index, $"`{text}` is no index of a list of {items.Length}", "indexes count from 0");
    }

    public static Node? Base64(Evaluation evaluation, Node at, Node argument) =>
        evaluation.Text(argument) is { } text ? Evaluation.Scalar(at, Convert.ToBase64String(Encoding.UTF8.GetBytes(text))) : null;

    public static Node? Length(Evaluation evaluation, Node at, Node argument) =>
        evaluation.List(argument, "Fn::Length") is { } items ? Evaluation.Scalar(at, items.Length.ToString(CultureInfo.InvariantCulture)) : null;

    public static Node? ToJsonString(Evaluation evaluation, Node at, Node argument) =>
        evaluation.Node(argument) is { } value ? Evaluation.Scalar(at, JsonText.Of(value)) : null;

    /// <summary>Where in a text a part of it is written; the whole text when escapes hide it.</summary>
    private static ScalarNode Place(ScalarNode text, string part)
    {
        var at = text.Source.Text.AsSpan(text.Span.Start, text.Span.Length).IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? text : text with { Span = new SourceSpan(text.Span.Start + at, part.Length) };
    }

    private static string? Value(Evaluation evaluation, Node at, MappingNode? values, string name)
    {
        if (values?[name] is { } own)
        {
            return evaluation.Text(own);
        }

        var value = name.Split('.', 2) is [var resource, var attribute]
            ? References.Attribute(evaluation, at, resource, attribute)
            : References.Named(evaluation, at, name);
        return value switch
        {
            ScalarNode scalar => scalar.Text,
            null => null,
            _ => (evaluation.Error("template-value-type", at, $"`{name}` is a list, which `Fn::Sub` cannot insert", "use `Fn::Join` first"), default(string)).Item2,
        };
    }
}
