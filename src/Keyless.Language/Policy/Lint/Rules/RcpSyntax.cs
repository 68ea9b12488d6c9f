using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Something that resource control policies do not have.</summary>
internal sealed class RcpSyntax : Rule
{
    public override Check Check { get; } = new("rcp-syntax", Severity.Error, "something that resource control policies do not have")
    {
        Why = "A resource control policy takes away: its statements are `Deny` with `\"Principal\": \"*\"`, list actions, not `NotAction`, and name a service. AWS refuses others.",
        Bad = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*" } ] }
            """, PolicyKind.ResourceControl),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Deny",
                  "Principal": "*",
                  "Action": "s3:*",
                  "Resource": "*",
                  "Condition": { "StringNotEqualsIfExists": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }
                }
              ]
            }
            """, PolicyKind.ResourceControl),
        Source = Pages.ResourceControl,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(_ => policy.Kind == PolicyKind.ResourceControl))
        {
            if (statement.IsAllow)
            {
                report.At(statement.Statement.Effect.Span, "a resource control policy of one's own cannot allow", "deny what is not wanted; AWS's own full-access policy allows the rest");
            }

            if (statement.Principal is { } principal && (principal.Negated || principal.Values.Any(v => v.Type != PrincipalType.Everyone)))
            {
                report.At(principal.Span, "a resource control policy has the principal `\"*\"` only", "write `\"Principal\": \"*\"` and narrow it with a condition such as `aws:PrincipalArn`");
            }

            if (statement.Action.Negated)
            {
                report.At(statement.Action.Span, "a resource control policy has no `NotAction`", "list the actions under `Action`");
            }

            foreach (var value in statement.Action.Patterns.Where(v => v.Value == "*"))
            {
                report.At(value, "a resource control policy cannot name every action of every service", "name the service: `s3:*`");
            }
        }
    }
}
