using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A condition value that is no text, number or boolean.</summary>
internal sealed class ConditionValueType : Rule
{
    public override Check Check { get; } = new("condition-value-type", Severity.Error, "condition values of a wrong or of different JSON types")
    {
        Why = "Values are strings, numbers or booleans, alone or in an array of one type. IAM refuses objects and nested arrays, and AWS's own checks refuse arrays of mixed types.",
        Bad = Example.Condition("""{ "StringEquals": { "s3:prefix": { "value": "public/" } } }"""),
        Good = Example.Condition("""{ "StringEquals": { "s3:prefix": ["public/", "shared/"] } }"""),
        Source = Pages.Condition,
    };

    /// <summary>Objects and nested arrays are found while parsing; what is left are arrays whose scalars differ in type.</summary>
    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var keys in policy.StatementNodes.Select(s => s["Condition"]).OfType<MappingNode>().SelectMany(c => c.Members).Select(m => m.Value).OfType<MappingNode>())
        {
            foreach (var member in keys.Members)
            {
                var scalars = member.Value is SequenceNode list ? list.Items.OfType<ScalarNode>().Where(i => i.Kind != ScalarKind.Null).ToList() : [];
                if (scalars.Find(i => i.Kind != scalars[0].Kind) is { } odd)
                {
                    report.At(odd.Span, $"the values of `{member.Name}` are of different JSON types", "write all of them as strings");
                }
            }
        }
    }
}
