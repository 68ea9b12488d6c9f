using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard inside a principal.</summary>
internal sealed class PrincipalWildcardPartial : Rule
{
    public override Check Check { get; } = new("principal-wildcard-partial", Severity.Error, "a wildcard inside a principal")
    {
        Why = "A principal is named whole or is `*`; it is no pattern. IAM refuses it, and where such a document is evaluated it matches nobody.",
        Bad = Example.Trust("""
            { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/ci-*" }, "Action": "sts:AssumeRole" }
            """),
        Good = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
              "Action": "sts:AssumeRole",
              "Condition": { "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci-*" } }
            }
            """),
        Source = Pages.Principal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Principal?.Values ?? []).Where(v => v.Text != "*" && Glob.HasWildcard(v.Text)))
        {
            report.At(value.Span, $"a principal cannot be a pattern: `{value.Text}` matches nobody", value.Type == PrincipalType.Aws
                ? $"name the account as the principal and add `\"ArnLike\": {{ \"aws:PrincipalArn\": \"{value.Text}\" }}`"
                : "write it out");
        }
    }
}
