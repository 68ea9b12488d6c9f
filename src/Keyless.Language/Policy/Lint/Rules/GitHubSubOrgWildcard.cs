using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Every repository of an owner.</summary>
internal sealed class GitHubSubOrgWildcard : Rule
{
    public override Check Check { get; } = new("github-sub-org-wildcard", Severity.High, "every repository of an owner")
    {
        Why = "The pattern admits all repositories of the owner, also forgotten ones, forks inside the organisation and those created tomorrow. Whoever can push to any of them holds the role.",
        Bad = Example.GitHubSubject("StringLike", "repo:octo-org/*"),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": ["repo:octo-org/site:ref:refs/heads/main", "repo:octo-org/docs:ref:refs/heads/main"]
              }
            }
            """),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => s.Statement.IsAllow && !s.Pins("repository") && !s.Pins("repository_id")))
        {
            foreach (var (_, value, pattern) in statement.Live)
            {
                if (pattern is { IsRepository: true, OwnerPinned: Pinned.Exact, RepositoryPinned: Pinned.Free })
                {
                    report.At(value, $"`sub` pattern `{value.Value}` lets every repository of `{pattern.Owner}` assume this role",
                        $"name the repositories, each with its ref: `repo:{pattern.Owner}/REPO:ref:refs/heads/main`");
                }
            }

            if (statement.Subjects.IsEmpty && statement.Pins("repository_owner_id") && !statement.PinsContext)
            {
                report.At(statement.TestsOf("repository_owner_id").First().Key, "only the owner is tested: every repository of that owner, in any context, may assume this role",
                    "test `repository_id` too, or an `environment` that the owner protects in every repository");
            }
        }
    }
}
