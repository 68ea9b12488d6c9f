using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Names without ids.</summary>
internal sealed class GitHubSubNameRecyclable : Rule
{
    public override Check Check { get; } = new("github-sub-name-recyclable", Severity.Low, "names without ids")
    {
        Why = "A name can be given up, and then somebody else can register it. A policy that trusts names alone trusts whoever holds them tomorrow. Ids are never given twice.",
        Bad = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main",
                "token.actions.githubusercontent.com:repository_owner_id": "123"
              }
            }
            """),
        Source = Pages.GitHubSubject,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy).Where(s => !s.PinsIds))
        {
            var exact = statement.Live.Where(s => s.Pattern is { IsRepository: true, OwnerPinned: Pinned.Exact }).ToList();
            if (exact.Count > 0 && exact.All(s => !s.Pattern.IsImmutable))
            {
                var (_, value, pattern) = exact[0];
                report.At(value, $"the owner `{pattern.Owner}` is trusted by name only: a freed name can be registered by somebody else",
                    $"also test `{statement.KeyFor("repository_owner_id")}`, an id that is never given twice");
            }
        }
    }
}
