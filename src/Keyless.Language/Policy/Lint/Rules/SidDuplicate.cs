using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>One Sid twice.</summary>
internal sealed class SidDuplicate : Rule
{
    public override Check Check { get; } = new("sid-duplicate", Severity.Error, "one Sid twice")
    {
        Why = "IAM refuses a policy in which two statements have the same Sid. Elsewhere it makes logs and findings ambiguous.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" },
                { "Sid": "Read", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-site" }
              ]
            }
            """),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" },
                { "Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-site" }
              ]
            }
            """),
        Source = Pages.Sid,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sid in Sids(policy).Where(s => s.Text.Length > 0 && !seen.Add(s.Text)))
        {
            report.At(sid.Span, $"the Sid `{sid.Text}` occurs twice", "give each statement its own", severity: policy.Kind is PolicyKind.Resource or PolicyKind.Endpoint ? Severity.Warning : null);
        }
    }

    /// <summary>Every Sid as written, also of statements that could not be read further.</summary>
    internal static IEnumerable<ScalarNode> Sids(LintedPolicy policy) => policy.StatementNodes.Select(s => s["Sid"]).OfType<ScalarNode>().Where(s => s.Kind == ScalarKind.String);
}
