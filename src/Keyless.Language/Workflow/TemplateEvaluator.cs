using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow.Expressions;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Language.Workflow;

/// <summary>A value, or every reason why there is none.</summary>
public readonly record struct TemplateResult(Value Value, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool IsOk => Diagnostics.IsEmpty;
}

/// <summary>Computes a value of a workflow file once its contexts are known, and holds what expressions yield against the place they stand in.</summary>
public sealed class TemplateEvaluator
{
    private readonly EvaluationContext _context;
    private readonly ImmutableArray<Diagnostic>.Builder _diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();

    private TemplateEvaluator(EvaluationContext context) => _context = context;

    public static TemplateResult Evaluate(Template template, EvaluationContext context)
    {
        var evaluator = new TemplateEvaluator(context);
        var value = evaluator.Value(template);
        return new TemplateResult(value, evaluator._diagnostics.ToImmutable());
    }

    /// <summary>Whether a condition holds, or why it has no value.</summary>
    public static (bool Holds, Diagnostic? Problem) Evaluate(Condition condition, EvaluationContext context)
    {
        var (value, error) = Evaluator.Evaluate(condition.Expression, context);
        return error is null ? (value.IsTruthy, null)
            : (false, Diagnostic.Error("expr-" + error.Code, condition.Source, condition.Span, error.Message, error.Help));
    }

    private Value Value(Template template)
    {
        switch (template)
        {
            case Template.Literal literal:
                return literal.Value;
            case Template.Dynamic dynamic:
                var (value, error) = Evaluator.Evaluate(dynamic.Expression, _context);
                if (error is not null)
                {
                    Report("expr-" + error.Code, template, error.Message, error.Help);
                    return default;
                }

                return Conform(value, dynamic.Definition, dynamic);
            case Template.List list:
                return new ArrayValue([.. list.Items.Select(Value)]);
            case Template.Map map:
                return Mapping(map);
            default:
                return default;
        }
    }

    private Value Mapping(Template.Map map)
    {
        var members = new ObjectValue();
        foreach (var (key, under) in map.Entries)
        {
            var value = Value(under);
            if (key is not Template.Insert)
            {
                members[Value(key).ToText()] = value;
            }
            else if (value.AsObject is not { } inserted)
            {
                if (_diagnostics.Count == 0)
                {
                    Report("unexpected-value", under, "what `${{ insert }}` inserts must be a mapping");
                }
            }
            else
            {
                foreach (var (name, member) in inserted)
                {
                    members[name] = Conform(member, Under(map.Definition, name), under);
                }
            }
        }

        return members;
    }

    /// <summary>The value as its place wants it; a report if the place does not take such a value.</summary>
    private Value Conform(Value value, Definition? definition, Template at)
    {
        if (definition is null)
        {
            return value;
        }

        switch (value.Kind)
        {
            case ValueKind.Array when definition.Items is { } item:
                return new ArrayValue([.. value.AsArray!.Items.Select(i => Conform(i, item, at))]);
            case ValueKind.Array:
                return Refuse("unexpected-sequence", "a list", value, definition, at);
            case ValueKind.Object when !definition.Shapes.IsEmpty:
                var members = new ObjectValue();
                foreach (var (name, member) in value.AsObject!)
                {
                    if (definition.Shapes.All(s => s.Find(name) is null && s.Key is null))
                    {
                        Report("unexpected-value", at, $"the value of this expression has the key `{Excerpt.Of(name)}`, which is no key of {definition.Name}");
                    }

                    members[name] = Conform(member, Under(definition, name), at);
                }

                return members;
            case ValueKind.Object:
                return Refuse("unexpected-mapping", "a mapping", value, definition, at);
            default:
                return SchemaReader.TryAccept(value, definition, out var accepted)
                    ? accepted
                    : Refuse("unexpected-value", value.Kind == ValueKind.Null ? "nothing" : $"`{Excerpt.Of(value.ToText())}`", value, definition, at);
        }
    }

    private static Definition? Under(Definition definition, string key)
    {
        foreach (var shape in definition.Shapes)
        {
            if (shape.Find(key) is { } property)
            {
                return property.Value;
            }
        }

        return definition.Shapes.IsEmpty ? null : definition.Shapes[0].Value;
    }

    private Value Refuse(string id, string got, Value value, Definition definition, Template at)
    {
        var help = (definition.Number || definition.Boolean) && value.Kind == ValueKind.String ? "the value is a text; `fromJSON` turns it into a number or boolean" : null;
        Report(id, at, $"this expression yields {got}, but {SchemaReader.Wanted(definition)} is expected", help);
        return default;
    }

    private void Report(string id, Template at, string message, string? help = null) =>
        _diagnostics.Add(Diagnostic.Error(id, at.Source, at.Span, message, help));
}
