using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An empty Sid.</summary>
internal sealed class SidEmpty : Rule
{
    public override Check Check { get; } = new("sid-empty", Severity.Info, "an empty Sid")
    {
        Why = "It names nothing.",
        Bad = Example.Statement("""{ "Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Sid,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var sid in SidDuplicate.Sids(policy).Where(s => s.Text.Length == 0))
        {
            report.At(sid.Span, "the Sid is empty", "leave it out, or name what the statement is for");
        }
    }
}
