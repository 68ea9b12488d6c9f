using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A condition without content.</summary>
internal sealed class EmptyCondition : Rule
{
    public override Check Check { get; } = new("empty-condition", Severity.Info, "a condition without content")
    {
        Why = "It restricts nothing. Somebody may believe that it does.",
        Bad = Example.Condition("""{}"""),
        Good = Example.Condition("""{ "StringEquals": { "s3:prefix": "public/" } }"""),
        Source = Pages.Condition,
    };
}
