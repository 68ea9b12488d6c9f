using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard that is compared literally.</summary>
internal sealed class WildcardUnderEquals : Rule
{
    public override Check Check { get; } = new("wildcard-under-equals", Severity.Warning, "a wildcard that is compared literally")
    {
        Why = "`StringEquals` and its relatives know no wildcards: `*` and `?` must occur in the request's value.",
        Bad = Example.Condition("""{ "StringEquals": { "s3:prefix": "public/*" } }"""),
        Good = Example.Condition("""{ "StringLike": { "s3:prefix": "public/*" } }"""),
        Source = Pages.StringOperators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator is { IsStringEquals: true } && !(t.Provider is { IsGitHub: true, Claim: "sub" })))
        {
            foreach (var value in test.Values.Where(v => Glob.HasWildcard(Variables.Removed(v.Value))))
            {
                report.At(value, $"`{test.Condition.Operator.Value}` takes the wildcard in `{value.Value}` literally", $"use `{(test.Operator!.Negated ? "StringNotLike" : "StringLike")}` for patterns");
            }
        }
    }
}
