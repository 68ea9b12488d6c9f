using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An Allow that does not ask which repository the token is for.</summary>
internal sealed class GitHubSubMissing : Rule
{
    public override Check Check { get; } = new("github-sub-missing", Severity.Critical, "an Allow that does not ask which repository the token is for")
    {
        Why = "Every repository on GitHub can have a token signed by the same issuer, with any audience it asks for. Without a test of the subject, anybody's workflow may assume the role. AWS refuses to save such trust policies since 2025; older ones still work.",
        Bad = Example.GitHub("""{ "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } }"""),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow))
        {
            // A test of `sub` under a wrong host is a slip with a finding of its own.
            var asks = statement.Statement.Tests.Any(t => t.Provider?.Claim.ToLowerInvariant() is "sub" or "subject" && t.Operator is not { Negated: true } and not { Family: OperatorFamily.Null });
            if (asks || Identifying.Any(statement.Pins))
            {
                continue;
            }

            var tested = statement.TestsOf("sub").FirstOrDefault();
            var (span, message) = (tested, statement.Pins("job_workflow_ref")) switch
            {
                ({ } test, _) => (test.Condition.Operator.Span, $"`{test.Condition.Operator.Value}` names subjects to keep out, so every other repository on GitHub may assume this role"),
                (_, true) => (statement.TestsOf("job_workflow_ref").First().Key.Span, "only the reusable workflow is tested: whoever can call it, strangers too if its repository is public, may assume this role"),
                _ when statement.Statement.Emptiness is { } reason => (statement.Principal?.Span ?? statement.Statement.Start, $"nothing tests `sub`: only a slip ({reason}) keeps every repository on GitHub from assuming this role"),
                _ => (statement.Principal?.Span ?? statement.Statement.Start, "nothing tests `sub`: every repository on GitHub may assume this role"),
            };
            report.At(span, message, $"add `\"StringEquals\": {{ \"{statement.KeyFor("sub")}\": \"repo:OWNER/REPO:ref:refs/heads/main\" }}` with your repository and branch");
        }
    }

    private static readonly string[] Identifying = ["repository_id", "repository", "repository_owner_id"];
}
