using Keyless.Language.Workflow.Expressions;

namespace Keyless.Language.Workflow;

/// <summary>
/// The text of an <c>if</c>: an expression with or without <c>${{ }}</c>. One that asks for no status means <c>success() &amp;&amp; (...)</c>.
/// docs.github.com, "Evaluate expressions", section "Status check functions".
/// </summary>
public static class Condition
{
    /// <summary>The expression to evaluate; never null without an error.</summary>
    public static ExpressionParseResult Parse(string text, Scope scope)
    {
        var (expression, error) = ExpressionParser.Parse(text, scope);
        return error is null ? new(WithStatus(expression, scope), null) : new(null, error);
    }

    /// <summary>Adds <c>success()</c> where the author asked for no status. Text in quotes asks for nothing.</summary>
    public static Expression WithStatus(Expression? expression, Scope scope)
    {
        if (expression is not null && expression.Any(e => e is Expression.Call { Function.IsStatus: true }))
        {
            return expression;
        }

        var success = new Expression.Call(scope.FindFunction("success") ?? Function.Success, []);
        return expression is null ? success : new Expression.And([success, expression]);
    }
}
