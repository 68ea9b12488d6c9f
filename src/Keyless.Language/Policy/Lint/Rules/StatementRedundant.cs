using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A statement that another one already contains.</summary>
internal sealed class StatementRedundant : Rule
{
    public override Check Check { get; } = new("statement-redundant", Severity.Info, "a statement that another one already contains")
    {
        Why = "Everything it decides is decided by another statement. It hides how much the policy really allows.",
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
                  "Effect": "Allow",
                  "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
                  "Action": "sts:AssumeRoleWithWebIdentity",
                  "Condition": { "StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:pull_request" } }
                }
              ]
            }
            """, PolicyKind.Trust),
        Good = Example.GitHubSubject("StringLike", "repo:octo-org/site:ref:refs/heads/release-*"),
        Source = Pages.Statement,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements)
        {
            var wider = policy.Statements.FirstOrDefault(o => o != statement && Containment.Contains(o, statement) && (o.Index < statement.Index || !Containment.Contains(statement, o)));
            if (wider is not null)
            {
                report.At(statement.Start, $"{wider.Title} already {(statement.IsAllow ? "allows" : "denies")} everything that {statement.Title} does", Help);
            }
            else if (HasPeers(policy, statement) && policy.Proofs?.MadeRedundantBy(statement.Statement) is [_, ..] others)
            {
                var titles = others.Select(o => policy.Statements.First(s => s.Index == o.Index).Title).ToList();
                report.At(statement.Start, $"proved: {string.Join(" and ", titles)} {(titles.Count > 1 ? "together " : "")}already {(statement.IsAllow ? "allow" : "deny")}{(titles.Count > 1 ? "" : statement.IsAllow ? "s" : "")} everything that {statement.Title} does", Help);
            }
        }
    }

    private const string Help = "remove it, or narrow the wider one if that was not meant";

    /// <summary>Whether others of its effect could decide all that it does: not if a token is at hand that none of them concerns.</summary>
    private static bool HasPeers(LintedPolicy policy, LintedStatement statement)
    {
        var peers = policy.Statements.Where(o => o != statement && o.IsAllow == statement.IsAllow).ToList();
        return peers.Count > 0 && !Witness.SubjectsOf(statement).Any(s => peers.TrueForAll(p => Witness.Applies(p, s) == false));
    }
}
