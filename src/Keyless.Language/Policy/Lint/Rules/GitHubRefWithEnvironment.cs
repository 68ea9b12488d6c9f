using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A branch subject together with an environment.</summary>
internal sealed class GitHubRefWithEnvironment : Rule
{
    public override Check Check { get; } = new("github-ref-with-environment", Severity.Warning, "a branch subject together with an environment")
    {
        Why = "The subject of a job with an environment is `...:environment:NAME`; the subject of a job without one carries the ref, and then there is no `environment` claim. A condition that wants both holds for no token.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main",
                "token.actions.githubusercontent.com:environment": "production"
              }
            }
            """),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:environment:production",
                "token.actions.githubusercontent.com:ref": "refs/heads/main"
              }
            }
            """),
        Source = Pages.GitHubSubject,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var environment = TextShape.Of("repo:", Letters.Any, ":environment:", Letters.EnvironmentName);
        foreach (var statement in GitHubStatement.Of(policy))
        {
            var subjects = statement.Live.ToList();
            if (statement.TestsOf("environment").FirstOrDefault(t => t.RequiresKey) is { } test && subjects.Count > 0
                && subjects.All(s => s.Pattern.IsRepository && !environment.Meets(TextShape.OfPattern(s.Value.Value, s.Pattern.HasWildcards))))
            {
                var value = subjects[0].Value;
                report.At(test.Key, $"a job with an environment never has the subject `{value.Value}`: no token meets both",
                    $"write the subject as `repo:{subjects[0].Pattern.Owner}/{subjects[0].Pattern.Repository}:environment:NAME` and test the branch with `{statement.KeyFor("ref")}`");
            }
        }
    }
}
