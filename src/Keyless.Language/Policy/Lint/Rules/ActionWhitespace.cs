using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>White space in an action.</summary>
internal sealed class ActionWhitespace : Rule
{
    public override Check Check { get; } = new("action-whitespace", Severity.Error, "white space in an action")
    {
        Why = "White space is compared as it is, and no action has any, so the pattern matches nothing.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject ", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Action,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Action.Patterns).Where(v => v.Value.Any(char.IsWhiteSpace)))
        {
            var meant = string.Concat(value.Value.Where(c => !char.IsWhiteSpace(c)));
            report.At(value, $"`{value.Value}` holds white space: it matches no action", $"write `{meant}`", meant);
        }
    }
}
