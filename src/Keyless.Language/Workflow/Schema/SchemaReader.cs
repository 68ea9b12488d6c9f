using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow.Schema;

/// <summary>
/// Reads a YAML tree by a <see cref="Definition"/>: every value of the wrong kind, unknown key, missing key and bad expression is reported, and
/// what remains can be worked with.
/// </summary>
public sealed class SchemaReader(ImmutableArray<Diagnostic>.Builder diagnostics)
{
    /// <summary>The value at a place with the scope that the places around it leave.</summary>
    public Template Read(Node node, Definition definition, Scope? outer = null)
    {
        var scope = Merge(outer ?? Scope.None, definition.Scope);
        switch (node)
        {
            case ScalarNode scalar:
                return Checked(Scalar(scalar, definition, scope), scope);
            case SequenceNode list when definition.Items is { } item:
                return new Template.List(list, definition, [.. list.Items.Select(i => Read(i, item, scope))]);
            case MappingNode mapping when !definition.Shapes.IsEmpty:
                return Mapping(mapping, definition, scope);
            case SequenceNode list:
                Report("unexpected-sequence", list.Span, list, $"a list stands here, but {Wanted(definition)} is expected");
                return new Template.List(list, definition, []);
            default:
                Report("unexpected-mapping", node.Span, node, $"a mapping stands here, but {Wanted(definition)} is expected");
                return new Template.Map(node, definition, []);
        }
    }

    private Template.Map Mapping(MappingNode mapping, Definition definition, Scope scope)
    {
        var shapes = definition.Shapes;
        var entries = ImmutableArray.CreateBuilder<KeyValuePair<Template, Template>>(mapping.Members.Length);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var hasExpressionKey = false;
        var loose = shapes[0].Key;
        foreach (var (keyNode, valueNode) in mapping.Members)
        {
            var key = Scalar(keyNode, WorkflowSchema.Any, scope);
            if (key is not Template.Literal literal)
            {
                hasExpressionKey = true;
                if (scope.IsEmpty)
                {
                    NotAllowed(key);
                    continue;
                }

                var under = loose is not null && shapes[0].Properties.IsEmpty && key is not Template.Insert ? shapes[0].Value! : WorkflowSchema.Any;
                entries.Add(new(key, Read(valueNode, under, scope)));
                continue;
            }

            // The YAML reader has reported a key that is there twice.
            var name = literal.Value.ToText();
            if (!seen.Add(name))
            {
                continue;
            }

            if (shapes.Any(s => s.Find(name) is not null))
            {
                shapes = shapes.RemoveAll(s => s.Find(name) is null);
                entries.Add(new(literal with { Value = name }, Read(valueNode, shapes[0].Find(name)!.Value, scope)));
            }
            else if (loose is not null)
            {
                Checked(literal with { Definition = loose }, scope);
                entries.Add(new(literal with { Value = name, Definition = loose }, Read(valueNode, shapes[0].Value!, scope)));
            }
            else
            {
                UnknownKey(keyNode, name, definition, shapes);
            }
        }

        if (shapes.Length > 1)
        {
            var keys = shapes.Select(s => s.Properties.FirstOrDefault(p => p.Required)?.Key).OfType<string>();
            Report("ambiguous-mapping", mapping.Span, mapping, $"{definition.Name} needs one of {OneOf(keys)}");
        }
        else if (!hasExpressionKey)
        {
            foreach (var missing in shapes[0].Properties.Where(p => p.Required && !seen.Contains(p.Key)))
            {
                Report("missing-property", mapping.Span, mapping, $"{definition.Name} needs the key `{missing.Key}`");
            }
        }

        return new Template.Map(mapping, definition, entries.ToImmutable());
    }

    private void UnknownKey(ScalarNode key, string name, Definition definition, ImmutableArray<Shape> shapes)
    {
        var known = shapes.SelectMany(s => s.Properties).Select(p => p.Key).Distinct(StringComparer.Ordinal).ToList();
        var elsewhere = definition.Shapes.Any(s => s.Find(name) is not null);
        var help = elsewhere ? $"`{name}` belongs to another kind of {definition.Name.Split(' ')[^1]}; keep the keys of one kind"
            : name == "<<" ? "merge keys are not supported: repeat the keys, or use an alias for the whole value"
            : Suggest.Nearest(name, known) is { } near ? $"did you mean `{near}`?"
            : known.Count is > 0 and <= 24 ? $"known here: {string.Join(", ", known.Select(k => $"`{k}`"))}"
            : null;
        Report("unexpected-value", key.Span, key,
            elsewhere ? $"`{Excerpt.Of(name)}` cannot stand beside the other keys of {definition.Name}" : $"`{Excerpt.Of(name)}` is no key of {definition.Name}", help);
    }

    /// <summary>A scalar with its expressions parsed, not yet held against its definition.</summary>
    private Template Scalar(ScalarNode node, Definition definition, Scope scope)
    {
        if (node.Kind != ScalarKind.String)
        {
            return definition.IsCondition ? Whole(node, definition, scope, ValueOf(node).ToText()) : new Template.Literal(node, definition, ValueOf(node));
        }

        var text = node.Text;
        if (!TemplateText.HasExpression(text))
        {
            return definition.IsCondition ? Whole(node, definition, scope, text) : new Template.Literal(node, definition, text);
        }

        var raw = new Template.Literal(node, definition, text);
        if (TemplateText.Split(text, out var unclosed) is not { } parts)
        {
            Report("expr-unclosed", SpanIn(node, unclosed, 3), node, "this `${{` has no closing `}}`");
            return raw;
        }

        var expressions = new List<Expression>();
        foreach (var part in parts.Where(p => p.IsExpression))
        {
            if (IsInsert(part.Text, out var parameters))
            {
                if (parts.Count == 1 && !parameters)
                {
                    return new Template.Insert(node, definition);
                }

                Report(parameters ? "directive-parameters" : "directive-not-inline", SpanIn(node, part.Start, part.Text.Length), node,
                    parameters ? "`insert` takes no parameters" : "`insert` cannot stand inside a text", "write `${{ insert }}` as a key, with a mapping under it");
                return raw;
            }

            if (Parse(node, part, scope) is not { } expression)
            {
                return raw;
            }

            expressions.Add(expression);
        }

        if (parts.Count > 1)
        {
            var (joined, call) = TemplateText.Join(parts, expressions);
            if (joined.Length > ExpressionParser.MaxLength)
            {
                Report("limit-expr-length", node.Span, node, $"a text with `${{{{ }}}}` is one expression, and this one has {joined.Length} characters; at most {ExpressionParser.MaxLength} are allowed",
                    "hand the values over as environment variables, so that the script holds no `${{ }}`");
                return raw;
            }

            return new Template.Dynamic(node, definition, joined, call) { IsMixed = true };
        }

        // A text in quotes is that text: no need to wait for a context.
        return expressions[0] is Expression.Literal { Value.AsString: { } quoted } && !definition.IsCondition
            ? raw with { Value = quoted }
            : new Template.Dynamic(node, definition, parts[0].Text, expressions[0]);
    }

    /// <summary>A condition without brackets: the whole text is the expression.</summary>
    private Template Whole(ScalarNode node, Definition definition, Scope scope, string text)
    {
        if (text.AsSpan().Trim().IsEmpty)
        {
            return new Template.Literal(node, definition, "");
        }

        var start = text.Length - text.TrimStart().Length;
        return Parse(node, new TemplateText.Part(IsExpression: true, text.Trim(), start), scope) is { } expression
            ? new Template.Dynamic(node, definition, text.Trim(), expression)
            : new Template.Literal(node, definition, text);
    }

    private Expression? Parse(ScalarNode node, TemplateText.Part part, Scope scope)
    {
        var (expression, error) = ExpressionParser.Parse(part.Text, scope);
        if (error is not null)
        {
            var place = error.Position > 0 ? SpanIn(node, part.Start + error.Position - 1, Math.Max(error.Token.Length, 1)) : SpanIn(node, part.Start, part.Text.Length);
            Report(IdOf(error), place, node, error.Message, error.Help);
        }
        else if (expression is null)
        {
            Report("expr-empty", SpanIn(node, Math.Max(0, part.Start - 3), 3), node, "there is no expression between `${{` and `}}`");
        }

        return expression;
    }

    /// <summary>The stable id of a syntax error in an expression of a file.</summary>
    private static string IdOf(ExpressionError error) => error.Code switch
    {
        "unknown-name" => "expr-unknown-context",
        "too-few-args" or "too-many-args" or "even-args" => "expr-arg-count",
        "too-long" => "limit-expr-length",
        "too-deep" => "limit-expr-depth",
        _ => "expr-" + error.Code,
    };

    /// <summary>Holds a scalar against its definition; numbers and booleans become texts where texts are wanted.</summary>
    private Template Checked(Template template, Scope scope)
    {
        if (template is Template.Insert)
        {
            Report("directive-not-inline", template.Span, template.Node, "`insert` is legal as a key only", "write `${{ insert }}:` with a mapping under it");
            return template;
        }

        if (template is not Template.Literal literal)
        {
            if (scope.IsEmpty)
            {
                NotAllowed(template);
            }

            return template;
        }

        if (TryAccept(literal.Value, literal.Definition, out var accepted))
        {
            return literal with { Value = accepted };
        }

        var node = (ScalarNode)literal.Node;
        var text = literal.Value.ToText();
        var definition = literal.Definition;
        var help = Suggest.Nearest(text, definition.Words) is { } near ? $"did you mean `{near}`?"
            : !definition.Words.IsEmpty && definition.Words.Length <= 45 ? $"expected {OneOf(definition.Words)}"
            : definition.Boolean && text.ToLowerInvariant() is "yes" or "on" or "off" or "no" ? $"write `{(text.ToLowerInvariant() is "yes" or "on" ? "true" : "false")}`"
            : !definition.Text && !definition.Shapes.IsEmpty && text.Split(' ', 2) is [var word, var rest] && definition.Shapes.Any(s => s.Key is not null || s.Find(word) is not null) ? $"a key needs a colon: `{Excerpt.Of($"{word}: {rest}")}`"
            : definition.Boolean || definition.Number ? node.Style != ScalarStyle.Plain && !TemplateText.HasExpression(text) ? "a quoted value is a text: remove the quotes" : null
            : null;
        Report("unexpected-value", node.Span, node, text.Length == 0 ? $"there is no value, but {Wanted(definition)} is expected" : $"`{Excerpt.Of(text)}` is not expected here: {Wanted(definition)} is", help);
        return template;
    }

    /// <summary>Whether a scalar suits a place, and what it is there.</summary>
    internal static bool TryAccept(Value value, Definition definition, out Value accepted)
    {
        accepted = value;
        switch (value.Kind)
        {
            case ValueKind.Null when definition.Null:
            case ValueKind.Boolean when definition.Boolean:
            case ValueKind.Number when definition.Number:
                return true;
            case ValueKind.Array or ValueKind.Object:
                return false;
            default:
                accepted = value.Kind == ValueKind.String ? value : TextOf(value);
                return definition.AcceptsText(accepted.AsString!);
        }
    }

    /// <summary>A YAML scalar as a text; unlike in expressions, minus zero keeps its sign.</summary>
    private static string TextOf(Value value) =>
        value.Kind == ValueKind.Number && double.IsNegative(value.ToNumber()) && value.ToNumber() == 0 ? "-0" : value.ToText();

    internal static Value ValueOf(ScalarNode node) => node.Kind switch
    {
        ScalarKind.Null => Value.Null,
        ScalarKind.Boolean => YamlScalar.ToBoolean(node.Text),
        ScalarKind.Number when YamlScalar.TryNumber(node.Text, out var number) => number,
        _ => node.Text,
    };

    internal static string Wanted(Definition definition)
    {
        var kinds = new List<string>();
        if (definition.Text && definition.Words.IsEmpty)
        {
            kinds.Add(definition.NonEmpty ? "a text that is not empty" : "a text");
        }
        else if (definition.Text)
        {
            kinds.Add(definition.Words.Length <= 6 ? OneOf(definition.Words) : definition.Name);
        }

        if (definition.Number && !definition.Text)
        {
            kinds.Add("a number");
        }

        if (definition.Boolean && !definition.Text)
        {
            kinds.Add("`true` or `false`");
        }

        if (definition.Items is not null)
        {
            kinds.Add("a list");
        }

        if (!definition.Shapes.IsEmpty)
        {
            kinds.Add("a mapping");
        }

        return kinds.Count == 0 ? "nothing" : kinds.Count == 1 ? kinds[0] : string.Join(", ", kinds[..^1]) + " or " + kinds[^1];
    }

    private static string OneOf(IEnumerable<string> words)
    {
        var quoted = words.Select(w => $"`{w}`").ToList();
        return quoted.Count == 1 ? quoted[0] : string.Join(", ", quoted[..^1]) + " or " + quoted[^1];
    }

    private void NotAllowed(Template template) =>
        Report("expr-not-allowed-here", template.Span, template.Node, "an expression is not allowed here", "GitHub reads this before any context exists: write the value itself");

    private static bool IsInsert(string text, out bool parameters)
    {
        parameters = text.Length > 6;
        return text.StartsWith("insert", StringComparison.Ordinal) && (text.Length == 6 || char.IsWhiteSpace(text[6]));
    }

    private static Scope Merge(Scope outer, Scope own) =>
        own.IsEmpty ? outer : outer.IsEmpty ? own
        : new Scope([.. outer.Contexts.Union(own.Contexts, StringComparer.OrdinalIgnoreCase)], [.. outer.Functions.Union(own.Functions)]);

    /// <summary>Where a part of a scalar's text stands in the file: exactly when the scalar is written as it reads, else the whole scalar.</summary>
    private static SourceSpan SpanIn(ScalarNode node, int start, int length)
    {
        var quote = node.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted ? 1 : 0;
        var content = node.Span.Start + quote;
        var text = node.Source.Text;
        return node.Style is not (ScalarStyle.Literal or ScalarStyle.Folded) && content + node.Text.Length <= text.Length
            && string.CompareOrdinal(text, content, node.Text, 0, node.Text.Length) == 0 && !node.Text.Contains('\n', StringComparison.Ordinal)
            ? new SourceSpan(content + start, length)
            : node.Span;
    }

    private void Report(string id, SourceSpan span, Node at, string message, string? help = null) =>
        diagnostics.Add(Diagnostic.Error(id, at.Source, span, message, help));
}
