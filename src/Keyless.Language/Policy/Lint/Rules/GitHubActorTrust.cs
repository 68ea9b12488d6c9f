using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Trust in who started the run.</summary>
internal sealed class GitHubActorTrust : Rule
{
    public override Check Check { get; } = new("github-actor-trust", Severity.Medium, "trust in who started the run")
    {
        Why = "The actor is who triggered the run, not what runs: the workflow's code may come from somebody else, and a name can be registered anew after it was given up.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main",
                "token.actions.githubusercontent.com:actor": "ana"
              }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:environment:production"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow).SelectMany(s => s.TestsOf("actor").Concat(s.TestsOf("actor_id"))))
        {
            report.At(test.Key, $"`{test.Provider!.Claim}` says who triggered the run, not what it runs", "test the repository and an environment with required reviewers instead");
        }
    }
}
