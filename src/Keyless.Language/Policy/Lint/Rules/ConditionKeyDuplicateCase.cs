using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>One key in two spellings.</summary>
internal sealed class ConditionKeyDuplicateCase : Rule
{
    public override Check Check { get; } = new("condition-key-duplicate-case", Severity.Error, "one key in two spellings")
    {
        Why = "Keys compare without case, so this is one key twice in one block, and IAM refuses it.",
        Bad = Example.Condition("""{ "StringEquals": { "s3:prefix": "a/", "S3:Prefix": "b/" } }"""),
        Good = Example.Condition("""{ "StringEquals": { "s3:prefix": ["a/", "b/"] } }"""),
        Source = Pages.Condition,
    };
}
