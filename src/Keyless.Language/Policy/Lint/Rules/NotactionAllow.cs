using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An Allow of everything but.</summary>
internal sealed class NotactionAllow : Rule
{
    public override Check Check { get; } = new("notaction-allow", Severity.High, "an Allow of everything but")
    {
        Why = "Every action that is not listed is allowed, in every service, also those that AWS adds later.",
        Bad = Example.Statement("""{ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" }"""),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Source = Pages.NotAction,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && s.Action.Negated && !policy.OnlyLimits))
        {
            report.At(statement.Action.Span, "every action but these is allowed, also those that AWS adds later", "list the actions that are needed under `Action`, or deny the others in a statement of their own");
        }
    }
}
