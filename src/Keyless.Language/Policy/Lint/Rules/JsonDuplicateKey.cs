using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A member twice in one object.</summary>
internal sealed class JsonDuplicateKey : Rule
{
    public override Check Check { get; } = new("json-duplicate-key", Severity.Error, "a member twice in one object")
    {
        Why = "Most readers keep one of the two and drop the other without a word, so the policy that is read is not the policy that was written.",
        Bad = Example.GitHub("""
            {
              "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
              "StringEquals": { "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" }
            }
            """),
        Good = Example.GitHub("""
            {
              "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main"
              }
            }
            """),
        Source = Pages.Json,
    };
}
