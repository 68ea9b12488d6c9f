using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A restriction that a job with an environment slips past.</summary>
internal sealed class GitHubSubEnvironmentBypass : Rule
{
    public override Check Check { get; } = new("github-sub-environment-bypass", Severity.Medium, "a restriction that a job with an environment slips past")
    {
        Why = "A job that names an environment has `environment:NAME` in its subject, in place of `pull_request` or the ref. A Deny on those contexts does not see it: adding `environment: x` to the job is enough to get around it.",
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
                  "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "*:pull_request" } }
                }
              ]
            }
            """, PolicyKind.Trust),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.GitHubSubject,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var statements = GitHubStatement.Of(policy).ToList();
        var environment = TextShape.Of("repo:", Letters.Any, ":environment:", Letters.EnvironmentName);
        var admitsEnvironments = statements.Any(s => s.Statement.IsAllow
            && (!s.Admitted.Any() || s.Admitted.Any(a => environment.Meets(TextShape.OfPattern(a.Value.Value, a.Pattern.HasWildcards)))));
        if (!admitsEnvironments)
        {
            return;
        }

        foreach (var statement in statements)
        {
            foreach (var (test, value, pattern) in statement.Subjects)
            {
                var restricts = statement.Statement.IsAllow == test.Operator!.Negated;
                var context = value.Value.EndsWith(":pull_request", StringComparison.Ordinal) ? "pull_request"
                    : value.Value.Contains(":ref:", StringComparison.Ordinal) ? "ref" : null;
                if (restricts && context is not null && !(pattern.HasWildcards && Glob.Covers(value.Value, "repo:*:environment:*")))
                {
                    report.At(value, $"a job that names an environment has no `{context}` in its subject and slips past this restriction",
                        "admit only the subjects that are meant, without a Deny, or restrict `environment:*` as well");
                }
            }
        }
    }
}
