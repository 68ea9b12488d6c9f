namespace Keyless.Language.Policy.Lint;

/// <summary>What a test of a key that no request has comes to. IAM User Guide, "Condition operators", presence of keys.</summary>
internal static class AbsentKey
{
    public static string Effect(LintedStatement statement, Test test) => test.Operator switch
    {
        null => "the condition never holds",
        { RequiresKey: true } when statement.IsAllow => "the condition never holds and the statement allows nothing",
        { RequiresKey: true } => "the condition never holds and the statement denies nothing",
        { Family: OperatorFamily.Null } => "the condition is the same for every request",
        _ when statement.IsAllow => $"under `{test.Condition.Operator.Value}` the condition always holds and keeps nobody out",
        _ => $"under `{test.Condition.Operator.Value}` the condition always holds and the statement denies everybody",
    };
}
