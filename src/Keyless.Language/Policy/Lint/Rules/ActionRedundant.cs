using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An action that another pattern covers.</summary>
internal sealed class ActionRedundant : Rule
{
    public override Check Check { get; } = new("action-redundant", Severity.Info, "an action that another pattern covers")
    {
        Why = "It changes nothing and hides how much the list really allows.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Source = Pages.Action,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements)
        {
            Redundancy.Report(statement.Action.Patterns, (wide, narrow) => Glob.Covers(wide, narrow, ignoreCase: true), report);
        }
    }
}
