using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A subject that no token has.</summary>
internal sealed class GitHubSubUnrealisable : Rule
{
    public override Check Check { get; } = new("github-sub-unrealisable", Severity.Warning, "a subject that no token has")
    {
        Why = "A token's subject is made by GitHub from the job: `repo:OWNER/REPO:` and then `environment:NAME`, `pull_request` or `ref:` with the full ref. A value of another form never matches, so the rule is dead.",
        Bad = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:main"),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.GitHubSubject,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (test, value, pattern) in GitHubStatement.Of(policy).SelectMany(s => s.Subjects))
        {
            var literalStar = test.Operator!.IsStringEquals && Glob.HasWildcard(value.Value);
            if (literalStar || value.Value.EndsWith(':') || value.Value.Contains("${", StringComparison.Ordinal) || pattern.IsRealisable || pattern.IsCustomised)
            {
                continue;
            }

            var (reason, meant) = Diagnose(pattern, value.Value);
            var certain = meant is not null && SubjectPattern.Of(meant, test.Operator).IsRealisable;
            report.At(value, $"no token has the subject `{value.Value}`: {reason}",
                certain ? $"write `{meant}`" : "the forms are `repo:OWNER/REPO:ref:refs/heads/BRANCH`, `...:ref:refs/tags/TAG`, `...:environment:NAME` and `...:pull_request`",
                fix: certain ? meant : null);
        }
    }

    /// <summary>What is wrong in words, and what was probably meant.</summary>
    private static (string Reason, string? Meant) Diagnose(SubjectPattern pattern, string text)
    {
        if (text.Contains("github.com/", StringComparison.OrdinalIgnoreCase))
        {
            var path = text[(text.IndexOf("github.com/", StringComparison.OrdinalIgnoreCase) + "github.com/".Length)..];
            return ("it holds a URL where the repository's plain name belongs", $"repo:{path}");
        }

        if (!pattern.IsRepository)
        {
            return pattern.FirstKey.Contains('/', StringComparison.Ordinal) ? ("it lacks `repo:` in front", $"repo:{text}")
                : pattern.FirstKey.Equals("repo", StringComparison.OrdinalIgnoreCase) ? ("`repo` is written in lower case", $"repo{text[4..]}")
                : pattern.FirstKey is "repository" ? ("the subject starts with `repo:`, not `repository:`", $"repo{text["repository".Length..]}")
                : ($"it starts with `{pattern.FirstKey}`, which is no claim", null);
        }

        var head = $"repo:{pattern.Owner}/{pattern.Repository}";
        if (pattern.Repository.Length == 0)
        {
            return ("behind `repo:` belong owner and repository with a slash between them", null);
        }

        if (pattern.Context is not { } context)
        {
            return ("it stops behind the repository, where a colon and the context belong", null);
        }

        var colon = context.IndexOf(':', StringComparison.Ordinal);
        var (word, rest) = colon < 0 ? (context, "") : (context[..colon], context[(colon + 1)..]);
        return word switch
        {
            "ref" when rest.Contains(":environment:", StringComparison.Ordinal) => ("a job with an environment has `environment:NAME` in place of the ref, never both", null),
            "environment" when rest.Contains(":ref:", StringComparison.Ordinal) => ("a job with an environment has `environment:NAME` in place of the ref, never both", null),
            "ref" when rest.StartsWith("heads/", StringComparison.Ordinal) || rest.StartsWith("tags/", StringComparison.Ordinal) => ("the ref is written in full", $"{head}:ref:refs/{rest}"),
            "ref" when !rest.StartsWith("refs/", StringComparison.Ordinal) => ("the ref is written in full, with `refs/heads/` or `refs/tags/`", $"{head}:ref:refs/heads/{rest}"),
            "ref" => ($"`{rest}` is no ref of a branch, tag or pull request", null),
            "environment" when rest.Contains(':', StringComparison.Ordinal) => ("a colon inside an environment's name is written `%3A`", $"{head}:environment:{rest.Replace(":", "%3A", StringComparison.Ordinal)}"),
            "branch" or "branches" or "head" or "heads" => ($"`{word}:` is no context, a branch is a ref", $"{head}:ref:refs/heads/{rest}"),
            "tag" or "tags" => ($"`{word}:` is no context, a tag is a ref", $"{head}:ref:refs/tags/{rest}"),
            "refs" or "env" or "environments" => ($"`{word}:` is no context", $"{head}:{(word == "refs" ? "ref" : "environment")}:{rest}"),
            "pull_request" or "pull_requests" or "pull-request" or "pr" => ("a pull request's context is the bare word `pull_request`", $"{head}:pull_request"),
            _ when context.StartsWith("refs/", StringComparison.Ordinal) => ("`ref:` is missing before the ref", $"{head}:ref:{context}"),
            _ => ($"`{word}` is no context of a job", null),
        };
    }
}
