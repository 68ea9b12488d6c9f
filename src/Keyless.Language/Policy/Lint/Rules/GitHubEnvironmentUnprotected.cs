using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An environment needs protection rules to mean anything.</summary>
internal sealed class GitHubEnvironmentUnprotected : Rule
{
    public override Check Check { get; } = new("github-environment-unprotected", Severity.Info, "an environment needs protection rules to mean anything")
    {
        Why = "The name of an environment protects nothing on its own: any branch may name it, and a job that names one that does not exist creates it. Its rules on GitHub, required reviewers and deployment branches, are the protection.",
        Bad = Example.GitHubSubject("StringEquals", "repo:octo-org/site:environment:production"),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:environment:production",
                "token.actions.githubusercontent.com:ref": "refs/heads/main"
              }
            }
            """),
        Source = Pages.GitHubEnvironments,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow && !s.Pins("ref")))
        {
            if (statement.Live.FirstOrDefault(s => s.Pattern.Context?.StartsWith("environment:", StringComparison.Ordinal) == true) is { } subject)
            {
                report.At(subject.Value, $"any branch may name the environment `{subject.Pattern.Context!["environment:".Length..]}`: its rules on GitHub are the only protection",
                    $"limit its deployment branches and require reviewers, or also test `{statement.KeyFor("ref")}`");
            }
        }
    }
}
