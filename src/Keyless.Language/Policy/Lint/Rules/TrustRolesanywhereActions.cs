using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Too few actions for IAM Roles Anywhere.</summary>
internal sealed class TrustRolesanywhereActions : Rule
{
    public override Check Check { get; } = new("trust-rolesanywhere-actions", Severity.Error, "too few actions for IAM Roles Anywhere")
    {
        Why = "IAM Roles Anywhere sets tags and a source identity when it assumes a role, so its principal needs all three actions.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "Service": "rolesanywhere.amazonaws.com" },
              "Action": "sts:AssumeRole",
              "Condition": { "ArnEquals": { "aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/a" } }
            }
            """),
        Good = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "Service": "rolesanywhere.amazonaws.com" },
              "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
              "Condition": { "ArnEquals": { "aws:SourceArn": "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/a" } }
            }
            """),
        Source = Pages.RolesAnywhere,
    };

    private static readonly string[] Needed = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => policy.Kind == PolicyKind.Trust && s.IsAllow && s.Principal?.Values.Any(v => v is { Type: PrincipalType.Service, Text: "rolesanywhere.amazonaws.com" }) == true))
        {
            var missing = Needed
                .Where(a => !policy.Statements.Any(s => s.IsAllow && s.Principal?.Values.Any(v => v.Text == "rolesanywhere.amazonaws.com") == true && s.Admits(a))).ToList();
            if (missing.Count > 0)
            {
                report.At(statement.Action.Span, $"IAM Roles Anywhere also needs {string.Join(" and ", missing.Select(a => $"`{a}`"))}", "list `sts:AssumeRole`, `sts:TagSession` and `sts:SetSourceIdentity`");
            }
        }
    }
}
