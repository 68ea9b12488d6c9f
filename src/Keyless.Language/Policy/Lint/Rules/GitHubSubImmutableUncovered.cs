using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Only one of the two forms of a repository's subject.</summary>
internal sealed class GitHubSubImmutableUncovered : Rule
{
    public override Check Check { get; } = new("github-sub-immutable-uncovered", Severity.Warning, "only one of the two forms of a repository's subject")
    {
        Why = "Repositories created, renamed or transferred after 15 July 2026 put ids into their subject (`repo:octo-org@123/site@456:`), others do not unless they opt in. A policy that knows one form refuses the tokens of the other, with nothing but \"not authorized\" to see.",
        Bad = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": [
                  "repo:octo-org/site:ref:refs/heads/main",
                  "repo:octo-org@123/site@456:ref:refs/heads/main"
                ]
              }
            }
            """),
        Source = Pages.GitHubSubject,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var subjects = GitHubStatement.Of(policy).SelectMany(s => s.Live).Where(s => s.Pattern is { IsRepository: true, OwnerPinned: Pinned.Exact }).ToList();
        foreach (var group in subjects.GroupBy(s => s.Pattern.Names.ToUpperInvariant()))
        {
            if (group.Select(s => s.Pattern.IsImmutable).Distinct().Count() > 1)
            {
                continue;
            }

            var (_, value, pattern) = group.First();
            if (pattern.IsImmutable)
            {
                report.At(value, $"only the subject with ids is admitted: a repository that does not issue it yet is refused",
                    $"look at a token's `sub`, or admit `repo:{pattern.Names}:{pattern.Context}` too until the repository has opted in");
            }
            else
            {
                var (owner, repository) = (pattern.Owner, pattern.Repository);
                if (EndsInId(owner) && EndsInId(repository))
                {
                    var meant = $"repo:{WithAt(owner)}/{WithAt(repository)}:{pattern.Context}";
                    report.At(value, "if the numbers are meant as ids, they are joined with `@`: no token has them after a `-`", $"write `{meant}`");
                    continue;
                }

                if (pattern.RepositoryPinned == Pinned.Free)
                {
                    report.At(value, $"only subjects without ids are admitted: repositories of `{owner}` that are new, renamed, transferred or opt in are refused",
                        $"add `repo:{owner}@OWNER_ID/{repository}:{pattern.Context}` beside it (`gh api users/{owner} --jq .id` prints the id)");
                    continue;
                }

                report.At(value, $"only the subject without ids is admitted: once `{pattern.Names}` is new, renamed, transferred or opts in, its tokens are refused",
                    $"add `repo:{owner}@OWNER_ID/{repository}@REPOSITORY_ID:{pattern.Context}` beside it (`gh api repos/{pattern.Names} --jq '.owner.id, .id'` prints the ids)");
            }
        }
    }

    /// <summary>GitHub announced <c>-</c> as the separator first, and shipped <c>@</c>.</summary>
    private static bool EndsInId(string name) => name.LastIndexOf('-') is var dash and > 0 && dash < name.Length - 2 && name.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static string WithAt(string name) => $"{name[..name.LastIndexOf('-')]}@{name[(name.LastIndexOf('-') + 1)..]}";
}
