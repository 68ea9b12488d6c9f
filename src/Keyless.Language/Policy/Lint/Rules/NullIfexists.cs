using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Null with IfExists.</summary>
internal sealed class NullIfexists : Rule
{
    public override Check Check { get; } = new("null-ifexists", Severity.Error, "Null with IfExists")
    {
        Why = "`Null` asks whether the key exists, so `IfExists` makes no sense on it, and IAM refuses it.",
        Bad = Example.Condition("""{ "NullIfExists": { "aws:TokenIssueTime": "true" } }"""),
        Good = Example.Condition("""{ "Null": { "aws:TokenIssueTime": "true" } }"""),
        Source = Pages.IfExists,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator is { Family: OperatorFamily.Null, IfExists: true }))
        {
            report.At(test.Condition.Operator, "`Null` cannot have `IfExists`: it is itself the question whether the key exists", "write `Null`", "Null");
        }
    }
}
