using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>One repository in two spellings.</summary>
internal sealed class GitHubSubCase : Rule
{
    public override Check Check { get; } = new("github-sub-case", Severity.Warning, "one repository in two spellings")
    {
        Why = "GitHub writes the owner and repository as they are registered, and `sub` is compared with case. A value in another spelling never matches, although GitHub itself would find the repository under both.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:Octo-Org/site:ref:refs/heads/main",
                "token.actions.githubusercontent.com:repository": "octo-org/site"
              }
            }
            """),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main",
                "token.actions.githubusercontent.com:repository": "octo-org/site"
              }
            }
            """),
        Source = Pages.GitHubSubject,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy))
        {
            var others = statement.TestsOf("repository").SelectMany(t => t.Values).Select(v => v.Value)
                .Concat(statement.TestsOf("job_workflow_ref").SelectMany(t => t.Values).Select(v => Repository(v.Value)))
                .Where(name => name.Count(c => c == '/') == 1 && !Glob.HasWildcard(name));
            var names = policy.Options.Repositories.Concat(others).ToList();
            foreach (var (_, value, pattern) in statement.Subjects.Where(s => s.Pattern.NamesOneRepository))
            {
                // Without a second opinion the first subject of the policy is as right as the others.
                var name = pattern.Names;
                var known = names.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase) && n != name);
                if (known is not null && !names.Contains(name))
                {
                    report.At(value, $"`{name}` is spelled `{known}` elsewhere: `sub` is compared with case, so one of the two never matches",
                        "copy owner and repository from the address of the repository on GitHub", fix: pattern.IsImmutable ? null : value.Value.Replace(name, known, StringComparison.Ordinal));
                }

                names.Add(name);
            }
        }
    }

    /// <summary>Owner and repository of <c>owner/repo/.github/workflows/file.yml@ref</c>.</summary>
    private static string Repository(string workflow) => string.Join('/', workflow.Split('/').Take(2));
}
