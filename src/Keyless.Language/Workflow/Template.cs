using System.Collections.Immutable;
using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;
using Keyless.Language.Workflow.Expressions;
using Keyless.Language.Workflow.Schema;

namespace Keyless.Language.Workflow;

/// <summary>
/// A value of a workflow file that may hold <c>${{ }}</c>: read by its place's <see cref="Definition"/>, evaluated when its contexts are known by
/// <see cref="TemplateEvaluator"/>.
/// </summary>
public abstract record Template(Node Node, Definition Definition)
{
    public SourceText Source => Node.Source;

    public SourceSpan Span => Node.Span;

    /// <summary>The text of a value without expressions; null when it has one, or is a list or mapping.</summary>
    public string? LiteralText => (this as Literal)?.Value.ToText();

    /// <summary>Whether the value depends on contexts.</summary>
    public abstract bool HasExpression { get; }

    /// <summary>The value under a key of a mapping that is no expression; null when there is none.</summary>
    public Template? this[string key] => (this as Map)?.Entries.FirstOrDefault(e => e.Key.LiteralText == key).Value;

    /// <summary>A text, number, boolean or null as the place wants it.</summary>
    public sealed record Literal(Node Node, Definition Definition, Value Value) : Template(Node, Definition)
    {
        public override bool HasExpression => false;
    }

    /// <summary>One expression; text around <c>${{ }}</c> has become a call of <c>format</c>.</summary>
    /// <param name="Text">The expression's text without the brackets.</param>
    public sealed record Dynamic(Node Node, Definition Definition, string Text, Expression Expression) : Template(Node, Definition)
    {
        public override bool HasExpression => true;

        /// <summary>Whether text stood around the brackets, so that the value is always a text.</summary>
        public bool IsMixed { get; init; }
    }

    public sealed record List(Node Node, Definition Definition, ImmutableArray<Template> Items) : Template(Node, Definition)
    {
        public override bool HasExpression => Items.Any(i => i.HasExpression);
    }

    public sealed record Map(Node Node, Definition Definition, ImmutableArray<KeyValuePair<Template, Template>> Entries) : Template(Node, Definition)
    {
        public override bool HasExpression => Entries.Any(e => e.Key.HasExpression || e.Value.HasExpression);
    }

    /// <summary>The key <c>${{ insert }}</c>: the mapping under it becomes part of the one around it.</summary>
    public sealed record Insert(Node Node, Definition Definition) : Template(Node, Definition)
    {
        public override bool HasExpression => true;
    }
}
