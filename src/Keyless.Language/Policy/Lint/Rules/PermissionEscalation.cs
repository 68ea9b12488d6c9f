using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Permissions that can widen themselves.</summary>
internal sealed class PermissionEscalation : Rule
{
    public override Check Check { get; } = new("permission-escalation", Severity.High, "permissions that can widen themselves")
    {
        Why = "Whoever may write policies, attach them or change who may assume a role can give itself everything else.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*" }"""),
        Good = Example.Statement("""
            {
              "Effect": "Allow",
              "Action": "iam:PutRolePolicy",
              "Resource": "arn:aws:iam::111122223333:role/site-*",
              "Condition": { "StringEquals": { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/site-boundary" } }
            }
            """),
        Source = Pages.LeastPrivilege,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && !policy.OnlyLimits && policy.Kind == PolicyKind.Identity && !s.Action.Negated && !s.RequiresKey("iam:PermissionsBoundary")))
        {
            foreach (var pattern in statement.Action.Patterns.Where(p => !Escalation.IsStar(p.Value)))
            {
                if (Escalation.Ways.FirstOrDefault(w => Glob.IsMatch(pattern.Value, w, ignoreCase: true)) is { } way && Escalation.OnEverything(statement, "") && !Escalation.IsDenied(policy, way))
                {
                    report.At(pattern, $"`{way}` on every resource lets its holder give itself any permission", "name the resources, and demand a boundary with `iam:PermissionsBoundary`");
                }
            }
        }

        foreach (var (run, what) in Escalation.Runners)
        {
            var starter = policy.Statements.FirstOrDefault(s => s.IsAllow && policy.Kind == PolicyKind.Identity && !s.Action.Negated && s.Admits(run) && !s.Action.Patterns.Any(p => Escalation.IsStar(p.Value)));
            var passes = policy.Statements.Any(s => s.IsAllow && s.Admits("iam:PassRole") && Escalation.OnEverything(s, "role/") && !s.RequiresKey("iam:PassedToService"));
            if (starter is not null && passes && !Escalation.IsDenied(policy, run) && !Escalation.IsDenied(policy, "iam:PassRole"))
            {
                report.At(starter.Action.Patterns.First(p => Glob.IsMatch(p.Value, run, ignoreCase: true)), $"`{run}` together with `iam:PassRole` on every role runs {what} with the strongest role of the account", "name the roles that may be passed, and the service with `iam:PassedToService`");
            }
        }
    }
}
