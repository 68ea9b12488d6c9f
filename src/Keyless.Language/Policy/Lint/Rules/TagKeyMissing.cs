using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A tag condition without the tag's name.</summary>
internal sealed class TagKeyMissing : Rule
{
    public override Check Check { get; } = new("tag-key-missing", Severity.Error, "a tag condition without the tag's name")
    {
        Why = "The key of a tag condition ends in a slash and the tag's name. Without it no request has the key.",
        Bad = Example.Condition("""{ "StringEquals": { "aws:RequestTag": "platform" } }"""),
        Good = Example.Condition("""{ "StringEquals": { "aws:RequestTag/team": "platform" } }"""),
        Source = Pages.GlobalKeys,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => IsMissing(t.Key.Value)))
        {
            report.At(test.Key, $"`{test.Key.Value}` lacks the name of the tag", $"write `{test.Key.Value.TrimEnd('/')}/NAME`");
        }
    }

    internal static bool IsMissing(string key) => key.EndsWith('/') ? ConditionKeys.Find(key) is { TakesName: true } : ConditionKeys.Find($"{key}/x") is { TakesName: true } && ConditionKeys.Find(key) is null && !key.Contains('/', StringComparison.Ordinal);
}
