using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>NotPrincipal in a trust policy.</summary>
internal sealed class TrustNotprincipal : Rule
{
    public override Check Check { get; } = new("trust-notprincipal", Severity.Error, "NotPrincipal in a trust policy")
    {
        Why = "Trust policies take no `NotPrincipal`; IAM refuses them. With Allow it would let everybody in but those listed.",
        Bad = Example.Trust("""
            {
              "Effect": "Deny",
              "NotPrincipal": { "AWS": "arn:aws:iam::111122223333:role/deploy" },
              "Action": "sts:AssumeRole"
            }
            """),
        Good = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" },
              "Action": "sts:AssumeRole"
            }
            """),
        Source = Pages.NotPrincipal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => policy.Kind == PolicyKind.Trust && s.Principal is { Negated: true }))
        {
            report.At(statement.Principal!.Span, "a trust policy has no `NotPrincipal`", statement.IsAllow ? "list who may assume the role under `Principal`" : "allow only those who may, under `Principal`; everybody else is refused anyway");
        }
    }
}
