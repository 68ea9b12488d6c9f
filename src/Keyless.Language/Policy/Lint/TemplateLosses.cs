using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint;

/// <summary>Values of a policy in a template that only deployment can know: attributes of resources of other kinds.</summary>
internal static class TemplateLosses
{
    private static readonly string[] Consequences =
    [
        "resource-missing", "action-missing", "principal-missing", "effect-missing", "statement-missing", "empty-array", "empty-condition",
        "statement-dead", "statement-redundant", "policy-grants-nothing", "resource-not-for-action", "github-sub-missing", "github-aud-missing", "trust-oidc-no-condition",
    ];

    /// <summary>The places in the template whose value the evaluated document lacks.</summary>
    public static IReadOnlyList<SourceSpan> Of(Node template, Node evaluated)
    {
        var lost = new List<SourceSpan>();
        if (Find(template, evaluated.Span) is { } written)
        {
            Compare(written, evaluated, lost);
        }

        return lost;
    }

    /// <summary>Whether a finding may be there only because of them.</summary>
    public static bool Explains(IReadOnlyList<SourceSpan> lost, Diagnostic finding) =>
        lost.Count > 0 && Consequences.Contains(finding.Id)
        && lost.Any(l => finding.Id is "policy-grants-nothing" or "statement-missing" || Math.Abs(l.Start - finding.Span.Start) < 4096);

    private static void Compare(Node written, Node evaluated, List<SourceSpan> lost)
    {
        switch (written, evaluated)
        {
            case (MappingNode w, MappingNode e):
                foreach (var member in w.Members)
                {
                    if (e[member.Name] is { } value)
                    {
                        Compare(member.Value, value, lost);
                    }
                    else if (!member.Name.StartsWith("Fn::", StringComparison.Ordinal) && member.Name != "Ref")
                    {
                        lost.Add(member.Value.Span);
                    }
                }

                break;
            case (SequenceNode w, SequenceNode e) when w.Items.Length > e.Items.Length:
                lost.Add(w.Span);
                break;
            case (SequenceNode w, SequenceNode e):
                for (var i = 0; i < w.Items.Length && i < e.Items.Length; i++)
                {
                    Compare(w.Items[i], e.Items[i], lost);
                }

                break;
        }
    }

    private static Node? Find(Node node, SourceSpan span)
    {
        if (node.Span == span)
        {
            return node;
        }

        IEnumerable<Node> inner = node switch
        {
            MappingNode map => map.Members.Select(m => m.Value),
            SequenceNode list => list.Items,
            _ => [],
        };
        return inner.Where(n => n.Span.Start <= span.Start && span.End <= n.Span.End).Select(n => Find(n, span)).FirstOrDefault(n => n is not null);
    }
}
