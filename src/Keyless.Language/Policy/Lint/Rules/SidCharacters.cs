using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A Sid with other than letters and digits.</summary>
internal sealed class SidCharacters : Rule
{
    public override Check Check { get; } = new("sid-characters", Severity.Error, "a Sid with other than letters and digits")
    {
        Why = "IAM takes letters and digits in a Sid. Other services are more lenient.",
        Bad = Example.Statement("""
            { "Sid": "my sid!", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Good = Example.Statement("""
            { "Sid": "MySid", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Source = Pages.Sid,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        if (policy.Kind is PolicyKind.Resource or PolicyKind.Endpoint)
        {
            return;
        }

        foreach (var sid in SidDuplicate.Sids(policy).Where(s => !s.Text.All(char.IsAsciiLetterOrDigit)))
        {
            var meant = string.Concat(sid.Text.Split([' ', '-', '_', '.', '/', ':', '!', ','], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => char.ToUpperInvariant(word[0]) + word[1..])).Where(char.IsAsciiLetterOrDigit).ToArray();
            report.At(new Located<string>(sid.Text, sid.Span), $"the Sid `{sid.Text}` holds more than letters and digits: IAM refuses it", meant.Length > 0 ? $"write `{new string(meant)}`" : "use letters and digits", meant.Length > 0 ? new string(meant) : null);
        }
    }
}
