using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Any role may be passed to a service.</summary>
internal sealed class PassroleStar : Rule
{
    public override Check Check { get; } = new("passrole-star", Severity.High, "any role may be passed to a service")
    {
        Why = "Whoever may pass any role to a service that runs code can act as the strongest role of the account.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*" }"""),
        Good = Example.Statement("""
            {
              "Effect": "Allow",
              "Action": "iam:PassRole",
              "Resource": "arn:aws:iam::111122223333:role/site-build",
              "Condition": { "StringEquals": { "iam:PassedToService": "codebuild.amazonaws.com" } }
            }
            """),
        Source = Pages.PassRole,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && !policy.OnlyLimits && policy.Kind == PolicyKind.Identity && s.Admits("iam:PassRole")))
        {
            if (Escalation.OnEverything(statement, "role/") && !statement.Action.Patterns.Any(p => p.Value == "*") && !Escalation.IsDenied(policy, "iam:PassRole"))
            {
                report.At(statement.Resource!.Span, "any role may be passed to any service that takes one", "name the roles, and the service with `iam:PassedToService`");
            }
        }
    }
}
