using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An empty array.</summary>
internal sealed class EmptyArray : Rule
{
    public override Check Check { get; } = new("empty-array", Severity.Info, "an empty array")
    {
        Why = "An empty list matches nothing: the statement with it applies to no request.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": [], "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Grammar,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.StatementNodes)
        {
            foreach (var member in statement.Members)
            {
                Inspect(member, report);
            }
        }
    }

    private static void Inspect(Member member, Report report)
    {
        if (member.Value is SequenceNode { Items.IsEmpty: true } empty)
        {
            report.At(empty.Span, $"`{member.Name}` is an empty array: nothing matches it", "give it a value, or remove the element");
        }
        else if (member.Value is MappingNode map)
        {
            foreach (var inner in map.Members)
            {
                Inspect(inner, report);
            }
        }
    }
}
