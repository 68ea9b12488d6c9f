using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.GitHub;
using Keyless.Language.Policy.Lint.Knowledge;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A condition key without a prefix.</summary>
internal sealed class ConditionKeyFormat : Rule
{
    public override Check Check { get; } = new("condition-key-format", Severity.Error, "a condition key without a prefix")
    {
        Why = "A key is a prefix and a name with a colon between them. IAM refuses one without.",
        Bad = Example.GitHub("""
            { "StringEquals": { "aud": "sts.amazonaws.com", "token.actions.githubusercontent.com:sub": "repo:octo-org/site:ref:refs/heads/main" } }
            """),
        Good = Example.GitHubSubject("StringEquals", "repo:octo-org/site:ref:refs/heads/main"),
        Source = Pages.Condition,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            var key = test.Key.Value;
            var colon = key.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && colon < key.Length - 1 && !key.Any(char.IsWhiteSpace))
            {
                continue;
            }

            var provider = statement.GitHub?.Provider;
            var near = provider is not null && ConditionKeys.Find($"{provider}:{key}") is not null ? $"{provider}:{key}"
                : Suggest.Nearest(key, ConditionKeys.Names.Where(n => !n.EndsWith('/'))) ?? ConditionKeys.Names.FirstOrDefault(n => n.EndsWith($":{key}", StringComparison.OrdinalIgnoreCase));
            report.At(test.Key, key.Any(char.IsWhiteSpace) ? $"the condition key `{key}` holds white space" : $"the condition key `{key}` has no prefix",
                near is null ? "a key is written `prefix:name`, for example `aws:SourceIp`" : $"did you mean `{near}`?", near);
        }
    }
}
