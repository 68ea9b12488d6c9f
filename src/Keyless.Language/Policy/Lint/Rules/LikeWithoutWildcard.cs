using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A pattern operator without a pattern.</summary>
internal sealed class LikeWithoutWildcard : Rule
{
    public override Check Check { get; } = new("like-without-wildcard", Severity.Info, "a pattern operator without a pattern")
    {
        Why = "Without a wildcard `StringLike` is `StringEquals`; the latter says so to the reader.",
        Bad = Example.Condition("""{ "StringLike": { "s3:prefix": "public/" } }"""),
        Good = Example.Condition("""{ "StringEquals": { "s3:prefix": "public/" } }"""),
        Source = Pages.StringOperators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator is { HasWildcards: true, Family: OperatorFamily.String }))
        {
            if (!test.Values.IsEmpty && test.Values.All(v => !Glob.HasWildcard(v.Value) && !v.Value.Contains("${", StringComparison.Ordinal)))
            {
                var equals = test.Operator!.Text.Replace("Like", "Equals", StringComparison.Ordinal);
                report.At(test.Condition.Operator, $"no value of `{test.Key.Value}` holds a wildcard", $"`{equals}` says the same");
            }
        }
    }
}
