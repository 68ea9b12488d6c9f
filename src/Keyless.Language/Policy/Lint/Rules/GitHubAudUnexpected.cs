using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An audience that the AWS action does not ask for.</summary>
internal sealed class GitHubAudUnexpected : Rule
{
    public override Check Check { get; } = new("github-aud-unexpected", Severity.Warning, "an audience that the AWS action does not ask for")
    {
        Why = "The official action asks for the audience `sts.amazonaws.com`, and AWS admits only audiences in the provider's list of client ids. Another value never matches, unless the workflow asks for it and the provider lists it.",
        Bad = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "https://github.com/octo-org",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main"
              }
            }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.GitHubAws,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in GitHubStatement.Of(policy))
        {
            var provider = policy.Options.Providers.FirstOrDefault(p => p.Arn == statement.Principal?.Value);
            foreach (var value in statement.TestsOf("aud").Where(t => t.Operator is { IsStringEquals: true, Negated: false }).SelectMany(t => t.Values))
            {
                if (provider is not null && !provider.ClientIds.Contains(value.Value))
                {
                    report.At(value, $"`{value.Value}` is not among the provider's client ids, so no token with it gets this far", $"its client ids are {string.Join(", ", provider.ClientIds.Select(id => $"`{id}`"))}");
                }
                else if (provider is null && value.Value is not ("sts.amazonaws.com" or "sts.amazonaws.com.cn") && LooksMistaken(value.Value))
                {
                    var isDefault = value.Value.Contains("github.com", StringComparison.OrdinalIgnoreCase);
                    report.At(value,
                        isDefault ? $"`{value.Value}` is GitHub's default audience; the AWS action asks for `sts.amazonaws.com`, so its tokens never match"
                            : $"`{value.Value}` is not the audience that the AWS action asks for, so its tokens never match",
                        "write `sts.amazonaws.com`", fix: "sts.amazonaws.com");
                }
            }
        }
    }

    private static readonly string[] Telling = ["amazon", "aws", "sts", "github"];

    /// <summary>An audience of one's own is fine; something close to AWS's or GitHub's names is a slip.</summary>
    private static bool LooksMistaken(string audience) =>
        Telling.Any(word => audience.Contains(word, StringComparison.OrdinalIgnoreCase));
}
