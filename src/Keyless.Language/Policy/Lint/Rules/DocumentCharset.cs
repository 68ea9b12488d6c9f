using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A character that policies cannot hold.</summary>
internal sealed class DocumentCharset : Rule
{
    public override Check Check { get; } = new("document-charset", Severity.Error, "a character that policies cannot hold")
    {
        Why = "IAM takes tab, line feed, carriage return and the characters from U+0020 to U+00FF. It refuses a document with any other.",
        Bad = Example.Statement("""
            { "Sid": "Tag日", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Good = Example.Statement("""
            { "Sid": "Day", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Source = Pages.Grammar,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        // Escapes count as what they stand for, so the values are looked at and not the text.
        foreach (var scalar in Scalars(policy.Root))
        {
            var bad = scalar.Text.EnumerateRunes().FirstOrDefault(r => r.Value is not ('\t' or '\n' or '\r') && r.Value is < 0x20 or > 0xff);
            if (bad.Value != 0)
            {
                report.At(scalar.Span, $"U+{bad.Value:X4} is outside the characters that IAM takes", "replace it; a look-alike such as a curly quote or a long dash may have slipped in");
            }
        }
    }

    private static IEnumerable<ScalarNode> Scalars(Node node) => node switch
    {
        ScalarNode scalar => [scalar],
        SequenceNode list => list.Items.SelectMany(Scalars),
        MappingNode map => map.Members.SelectMany(m => Scalars(m.Value).Prepend(m.Key)),
        _ => [],
    };
}
