using Keyless.Language.Diagnostics;
using Keyless.Language.Oidc;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A claim that AWS does not turn into a condition key.</summary>
internal sealed class GitHubKeyUnexposed : Rule
{
    public override Check Check { get; } = new("github-key-unexposed", Severity.High, "a claim that AWS does not turn into a condition key")
    {
        Why = "The claim is in GitHub's token, but AWS fills no key from it. A positive test of an absent key never holds, so an Allow grants nothing and a Deny denies nothing; a negated test, `IfExists` and `ForAllValues` always hold, so they restrict nothing.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:repository_owner": "octo-org"
              }
            }
            """),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:repository_owner_id": "123",
                "token.actions.githubusercontent.com:environment": "production"
              }
            }
            """),
        Source = Pages.OidcKeys,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            if (test.Provider is { IsGitHub: true } key && ClaimCatalogue.Find(key.Claim.ToLowerInvariant()) is { AwsTestable: false })
            {
                report.At(test.Key, $"AWS fills no key from the claim `{key.Claim}`: {AbsentKey.Effect(statement, test)}",
                    Instead(key.Claim) is { } instead ? $"test {instead}" : $"testable are {string.Join(", ", ClaimCatalogue.All.Where(c => c.AwsTestable && c.Name != "azp").Select(c => $"`{c.Name}`"))}");
            }
        }
    }

    private static string? Instead(string claim) => claim.ToLowerInvariant() switch
    {
        "repository_owner" => "`repository_owner_id`, or the owner in `sub`",
        "event_name" => "the context in `sub`: pull requests have `pull_request` there",
        "ref_type" or "head_ref" or "base_ref" => "`ref`, which holds `refs/heads/...` or `refs/tags/...`",
        "workflow_ref" or "job_workflow_sha" or "workflow_sha" => "`job_workflow_ref`",
        "enterprise" => "`enterprise_id`",
        "sha" => "`ref`; a commit cannot be tested",
        _ => null,
    };
}
