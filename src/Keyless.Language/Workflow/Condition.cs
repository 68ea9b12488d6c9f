using Keyless.Language.Diagnostics;
using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow;

/// <summary>
/// An <c>if</c>: an expression with or without <c>${{ }}</c>. One that asks for no status means <c>success() &amp;&amp; (...)</c>.
/// docs.github.com, "Evaluate expressions", section "Status check functions".
/// </summary>
/// <param name="Text">The whole expression, with the status that was added.</param>
public sealed record Condition(Expression Expression, string Text, SourceText Source, SourceSpan Span)
{
    /// <summary>What the author wrote; null when there is no <c>if</c>.</summary>
    public Template? Written { get; init; }

    /// <summary>The condition that a template of kind <see cref="Schema.Definition.IsCondition"/> stands for.</summary>
    public static Condition Of(Template? written, SourceText source, SourceSpan span)
    {
        var (expression, text) = written is Template.Dynamic dynamic ? (dynamic.Expression, dynamic.Text) : (null, "");
        var whole = WithStatus(expression);
        return new Condition(whole, ReferenceEquals(whole, expression) ? text : text.Length == 0 ? "success()" : $"success() && ({text})", source, span) { Written = written };
    }

    /// <summary>Parses the text of a condition on its own.</summary>
    public static ExpressionParseResult Parse(string text, Scope scope)
    {
        var (expression, error) = ExpressionParser.Parse(text, scope);
        return error is null ? new(WithStatus(expression), null) : new(null, error);
    }

    /// <summary>Whether some status function is asked for. Text in quotes asks for nothing.</summary>
    public static bool AsksForStatus(Expression expression) => expression.Any(e => e is Expression.Call { Function.IsStatus: true });

    private static Expression WithStatus(Expression? expression)
    {
        if (expression is not null && AsksForStatus(expression))
        {
            return expression;
        }

        var success = new Expression.Call(Function.Success, []);
        return expression is null ? success : new Expression.And([success, expression]);
    }
}
