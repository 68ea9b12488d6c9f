using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A condition value that is no text, number or boolean.</summary>
internal sealed class ConditionValueType : Rule
{
    public override Check Check { get; } = new("condition-value-type", Severity.Error, "a condition value that is no text, number or boolean")
    {
        Why = "Values are strings, numbers or booleans, alone or in an array. IAM refuses objects and nested arrays.",
        Bad = Example.Condition("""{ "StringEquals": { "s3:prefix": { "value": "public/" } } }"""),
        Good = Example.Condition("""{ "StringEquals": { "s3:prefix": ["public/", "shared/"] } }"""),
        Source = Pages.Condition,
    };
}
