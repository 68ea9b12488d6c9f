using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Service-linked roles of any service.</summary>
internal sealed class CreateSlrStar : Rule
{
    public override Check Check { get; } = new("create-slr-star", Severity.Warning, "service-linked roles of any service")
    {
        Why = "It lets the holder create roles with permissions that AWS defined for services that are not in use here.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*" }"""),
        Good = Example.Statement("""
            {
              "Effect": "Allow",
              "Action": "iam:CreateServiceLinkedRole",
              "Resource": "arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*",
              "Condition": { "StringEquals": { "iam:AWSServiceName": "ecs.amazonaws.com" } }
            }
            """),
        Source = Pages.ServiceLinkedRoles,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && !policy.OnlyLimits && policy.Kind == PolicyKind.Identity && s.Admits("iam:CreateServiceLinkedRole")))
        {
            if (Escalation.OnEverything(statement, "role/") && !statement.RequiresKey("iam:AWSServiceName") && !statement.Action.Patterns.Any(p => p.Value == "*"))
            {
                report.At(statement.Resource!.Span, "service-linked roles of any service may be created", "name the service's role, or the service with `iam:AWSServiceName`");
            }
        }
    }
}
