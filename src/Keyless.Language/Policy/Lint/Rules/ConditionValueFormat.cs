using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A value of a form that the key never has.</summary>
internal sealed class ConditionValueFormat : Rule
{
    public override Check Check { get; } = new("condition-value-format", Severity.Warning, "a value of a form that the key never has")
    {
        Why = "The key always has values of one form, such as `vpc-` and hexadecimal digits. A value of another form never matches.",
        Bad = Example.Condition("""{ "StringEquals": { "aws:SourceVpc": "my-vpc" } }"""),
        Good = Example.Condition("""{ "StringEquals": { "aws:SourceVpc": "vpc-0a1b2c3d4e5f60718" } }"""),
        Source = Pages.GlobalKeys,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator is { IsStringEquals: true }))
        {
            foreach (var value in test.Values.Where(v => v.Value.AsSpan().IndexOfAny('*', '?', '$') < 0))
            {
                if (Form(test.Key.Value) is var (form, fits) && !fits(value.Value))
                {
                    report.At(value, $"`{value.Value}` is no value of `{test.Key.Value}`, which holds {form}", "copy it from where AWS shows it");
                }
            }
        }
    }

    private static (string Form, Func<string, bool> Fits)? Form(string key) => key.ToLowerInvariant() switch
    {
        "aws:sourcevpc" => ("`vpc-` and hexadecimal digits", v => IsId(v, "vpc-")),
        "aws:sourcevpce" => ("`vpce-` and hexadecimal digits", v => IsId(v, "vpce-")),
        "aws:sourceaccount" or "aws:principalaccount" or "aws:resourceaccount" or "kms:calleraccount" or "s3:resourceaccount" => ("an account id of 12 digits", v => v.Length == 12 && v.All(char.IsAsciiDigit)),
        "aws:principalorgid" or "aws:resourceorgid" or "aws:sourceorgid" => ("`o-` and the organisation's id", v => v.StartsWith("o-", StringComparison.Ordinal) && v.Length >= 6),
        "aws:requestedregion" => ("a region such as `eu-west-1`", v => v == "aws-global" || (v.Count(c => c == '-') >= 2 && char.IsAsciiDigit(v[^1]) && v.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))),
        _ => null,
    };

    private static bool IsId(string value, string prefix) =>
        value.StartsWith(prefix, StringComparison.Ordinal) && value.Length > prefix.Length && value[prefix.Length..].All(char.IsAsciiHexDigitLower);
}
