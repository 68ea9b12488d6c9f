using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An operator that does not exist.</summary>
internal sealed class ConditionOperatorUnknown : Rule
{
    public override Check Check { get; } = new("condition-operator-unknown", Severity.Error, "an operator that does not exist")
    {
        Why = "IAM refuses a policy with an unknown operator; an engine that takes it evaluates the condition as false.",
        Bad = Example.Condition("""{ "StringStartsWith": { "s3:prefix": "public/" } }"""),
        Good = Example.Condition("""{ "StringLike": { "s3:prefix": "public/*" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var reported = new HashSet<SourceSpan>();
        foreach (var test in policy.Statements.SelectMany(s => s.Tests))
        {
            var written = test.Condition.Operator;
            if (!reported.Add(written.Span))
            {
                continue;
            }

            if (test.Operator is null)
            {
                var (set, name) = Split(written.Value);
                var instead = name.ToLowerInvariant() switch
                {
                    "stringstartswith" or "stringbeginswith" or "startswith" => "`StringLike` with `value*`",
                    "stringendswith" or "endswith" => "`StringLike` with `*value`",
                    "stringcontains" or "contains" => "`StringLike` with `*value*`",
                    "stringmatches" or "stringregex" or "matches" => "`StringLike` with `*` and `?`; IAM has no regular expressions",
                    _ => null,
                };
                var near = instead is null ? Suggest.Nearest(name.EndsWith("IfExists", StringComparison.OrdinalIgnoreCase) ? name[..^8] : name, ConditionOperators.All.Select(op => op.Name)) : null;
                var fix = near is null ? null : $"{set}{near}{(name.EndsWith("IfExists", StringComparison.OrdinalIgnoreCase) ? "IfExists" : "")}";
                report.At(written, $"`{written.Value}` is no condition operator",
                    instead is not null ? $"use {instead}" : fix is not null ? $"did you mean `{fix}`?" : "expected one of `StringEquals`, `StringLike`, `ArnLike`, `IpAddress`, `Bool`, `Null`, the numeric and date comparisons and their negations", fix);
            }
            else if (test.Operator.Text != written.Value && test.Operator is not { Family: OperatorFamily.Null, IfExists: true })
            {
                report.At(written, $"the operator is spelled `{test.Operator.Text}`", "write it in exactly this case", test.Operator.Text, Severity.Warning);
            }
        }
    }

    private static (string Set, string Name) Split(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon < 0 ? ("", text) : (text[..(colon + 1)], text[(colon + 1)..]);
    }
}
