using System.Collections.Immutable;
using System.Text;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow;

/// <summary>The parts of a text around its <c>${{ }}</c>. docs.github.com, "Evaluate expressions in workflows and actions", section "About expressions".</summary>
internal static class TemplateText
{
    private const string Open = "${{";

    /// <param name="Start">Where the expression's text begins, blanks skipped; for literals where they begin.</param>
    public readonly record struct Part(bool IsExpression, string Text, int Start);

    /// <summary>Whether the text holds an expression at all.</summary>
    public static bool HasExpression(string text) => text.Contains(Open, StringComparison.Ordinal);

    /// <summary>The parts in order; null when a <c>${{</c> is not closed, which then stands at <paramref name="unclosed"/>. Quotes hide <c>}}</c>.</summary>
    public static List<Part>? Split(string text, out int unclosed)
    {
        unclosed = -1;
        var parts = new List<Part>();
        var from = 0;
        while (text.IndexOf(Open, from, StringComparison.Ordinal) is >= 0 and var open)
        {
            if (open > from)
            {
                parts.Add(new Part(IsExpression: false, text[from..open], from));
            }

            var close = Close(text, open + Open.Length);
            if (close < 0)
            {
                unclosed = open;
                return null;
            }

            var inner = text[(open + Open.Length)..close];
            var blanks = inner.Length - inner.TrimStart().Length;
            parts.Add(new Part(IsExpression: true, inner.Trim(), open + Open.Length + blanks));
            from = close + 2;
        }

        if (from < text.Length)
        {
            parts.Add(new Part(IsExpression: false, text[from..], from));
        }

        return parts;
    }

    /// <summary>The parts as one expression: <c>format('a {0}', github.ref)</c>.</summary>
    public static (string Text, Expression Expression) Join(IReadOnlyList<Part> parts, IReadOnlyList<Expression> expressions)
    {
        var format = new StringBuilder();
        var arguments = new StringBuilder();
        var number = 0;
        foreach (var part in parts)
        {
            if (part.IsExpression)
            {
                format.Append('{').Append(number++).Append('}');
                arguments.Append(", ").Append(part.Text);
            }
            else
            {
                format.Append(part.Text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
            }
        }

        var literal = format.ToString();
        ImmutableArray<Expression> call = [new Expression.Literal(literal), .. expressions];
        return ($"format('{literal.Replace("'", "''", StringComparison.Ordinal)}'{arguments})", new Expression.Call(Function.Format, call));
    }

    private static int Close(string text, int from)
    {
        var quoted = false;
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '\'')
            {
                quoted = !quoted;
            }
            else if (!quoted && text[i] == '}' && text[i - 1] == '}' && i > from)
            {
                return i - 1;
            }
        }

        return -1;
    }
}
