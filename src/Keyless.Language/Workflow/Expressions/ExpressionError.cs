namespace Keyless.Language.Workflow.Expressions;

/// <summary>Why an expression has no meaning or no value. <c>Code</c> is stable; <c>Position</c> counts characters of the expression from 1.</summary>
/// <param name="Position">0 where no single place is at fault.</param>
/// <param name="Token">The text at fault as written; empty where there is none.</param>
public sealed record ExpressionError(string Code, string Message, int Position = 0, string Token = "")
{
    public string? Help { get; init; }
}
