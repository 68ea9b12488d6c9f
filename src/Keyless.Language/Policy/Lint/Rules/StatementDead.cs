using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A statement without effect.</summary>
internal sealed class StatementDead : Rule
{
    public override Check Check { get; } = new("statement-dead", Severity.Warning, "a statement without effect")
    {
        Why = "It applies to no request, or it denies what nothing allows. Whoever reads it believes that it does something.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
                  "Action": "sts:AssumeRoleWithWebIdentity",
                  "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:*" } }
                },
                {
                  "Effect": "Deny",
                  "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
                  "Action": "sts:AssumeRoleWithWebIdentity",
                  "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "repo:other/x:*" } }
                }
              ]
            }
            """, PolicyKind.Trust),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/release-*"),
        Source = Pages.Evaluation,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        if (!policy.IsWhole)
        {
            return;
        }

        var allows = policy.Statements.Where(s => s.IsAllow).ToList();
        foreach (var statement in policy.Statements)
        {
            if (!statement.IsAllow && policy.Kind == PolicyKind.Trust && allows.Count > 0 && allows.TrueForAll(a => Containment.AreApart(a, statement)))
            {
                report.At(statement.Start, $"{statement.Title} denies nothing that the policy allows", "remove it; in a trust policy what is not allowed is refused anyway");
            }
            else if (statement.Emptiness is { } reason)
            {
                report.At(statement.Start, $"{statement.Title} applies to no request: {reason}", "mend or remove it");
            }
            else if (!IsPlainlyAlive(statement, allows) && policy.Proofs?.IsDead(statement.Statement) == true)
            {
                report.At(statement.Start, $"proved: {statement.Title} {(statement.IsAllow ? "applies to no request" : "denies nothing that the policy allows")}", "mend or remove it");
            }
        }
    }

    /// <summary>Whether a token is at hand that the statement decides: most policies need no proof then.</summary>
    private static bool IsPlainlyAlive(LintedStatement statement, List<LintedStatement> allows) =>
        Witness.SubjectsOf(statement).Any(s => statement.IsAllow || allows.Exists(a => Witness.Applies(a, s) == true));
}
