using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Every action of every service.</summary>
internal sealed class ActionStar : Rule
{
    public override Check Check { get; } = new("action-star", Severity.High, "every action of every service")
    {
        Why = "It includes what AWS adds tomorrow, and the means to hand out more: creating users, changing policies, reading every secret.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "*", "Resource": "*" }"""),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Source = Pages.LeastPrivilege,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.Where(s => s.IsAllow && !s.Action.Negated && !policy.OnlyLimits && policy.Kind != PolicyKind.Trust).SelectMany(s => s.Action.Patterns))
        {
            if (value.Value.Length > 0 && value.Value.All(c => c is '*' or ':') && value.Value.Contains('*', StringComparison.Ordinal))
            {
                report.At(value, "every action of every service is allowed, also those that AWS adds later", "list the actions that are needed");
            }
        }
    }
}
