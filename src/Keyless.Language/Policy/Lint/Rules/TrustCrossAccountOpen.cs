using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Another account without a condition.</summary>
internal sealed class TrustCrossAccountOpen : Rule
{
    public override Check Check { get; } = new("trust-cross-account-open", Severity.High, "another account without a condition")
    {
        Why = "A whole account is trusted: everybody there with permission to assume roles. When the account is somebody else's, a product that acts for many customers, only an external id tells whose request it is.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::313131313131:root" },
              "Action": "sts:AssumeRole"
            }
            """),
        Good = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::313131313131:root" },
              "Action": "sts:AssumeRole",
              "Condition": { "StringEquals": { "sts:ExternalId": "9d2f4c" } }
            }
            """),
        Source = Pages.ExternalId,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var home = policy.Options.AccountId ?? policy.Statements.SelectMany(s => s.Principal?.Values ?? [])
            .Where(v => v.Type == PrincipalType.Federated && ArnText.TryParse(v.Text, out _)).Select(v => v.Text.Split(':')[4]).FirstOrDefault();
        foreach (var statement in policy.Statements.Where(s => policy.Kind == PolicyKind.Trust && s.IsAllow && !Narrowing.Any(s.RequiresKey)))
        {
            foreach (var value in statement.Principal?.Values ?? [])
            {
                if (value.Type == PrincipalType.Aws && AccountOf(value.Text) is { } account && account != home)
                {
                    report.At(value.Span, home is null ? $"everybody in account `{account}` who may assume roles may assume this one, whoever they act for" : $"everybody in the other account `{account}` may assume this role, whoever they act for",
                        "name the role there that needs it, or add a condition: `sts:ExternalId` for a third party, `aws:PrincipalOrgID` for your organisation");
                }
            }
        }
    }

    private static readonly string[] Narrowing = ["sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalArn", "aws:SourceArn", "aws:SourceAccount", "aws:PrincipalTag/", "sts:RoleSessionName"];

    /// <summary>The account of a principal that stands for a whole account.</summary>
    private static string? AccountOf(string principal) =>
        principal.Length == 12 && principal.All(char.IsAsciiDigit) ? principal
        : ArnText.TryParse(principal, out var arn) && arn.Service == "iam" && arn.Resource == "root" ? arn.Account : null;
}
