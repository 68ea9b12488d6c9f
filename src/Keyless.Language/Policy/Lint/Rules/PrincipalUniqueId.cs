using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A principal that was deleted.</summary>
internal sealed class PrincipalUniqueId : Rule
{
    public override Check Check { get; } = new("principal-unique-id", Severity.Warning, "a principal that was deleted")
    {
        Why = "IAM stores a unique id behind each user and role it is given. An id shown in place of the ARN means that the user or role was deleted; one created anew under the same name has another id and is not trusted.",
        Bad = Example.Trust("""{ "Effect": "Allow", "Principal": { "AWS": "AROAEXAMPLEID1234567" }, "Action": "sts:AssumeRole" }"""),
        Good = Example.Trust("""
            { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" }, "Action": "sts:AssumeRole" }
            """),
        Source = Pages.Identifiers,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Principal?.Values ?? []).Where(v => v.Type == PrincipalType.Aws && IsUniqueId(v.Text)))
        {
            report.At(value.Span, $"`{value.Text}` is the id of a deleted {(value.Text[2] == 'O' ? "role" : "user")}: it matches nobody", "remove it, or write the ARN of the one that exists now");
        }
    }

    /// <summary>The forms of ids of roles, users and groups.</summary>
    internal static bool IsUniqueId(string text) =>
        text.Length is >= 16 and <= 128 && (text.StartsWith("AROA", StringComparison.Ordinal) || text.StartsWith("AIDA", StringComparison.Ordinal) || text.StartsWith("AGPA", StringComparison.Ordinal))
        && text.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c));
}
