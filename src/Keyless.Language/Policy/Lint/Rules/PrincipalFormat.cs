using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A principal that is none.</summary>
internal sealed class PrincipalFormat : Rule
{
    public override Check Check { get; } = new("principal-format", Severity.Error, "a principal that is none")
    {
        Why = "Under `AWS` stands an account id or the ARN of an account, user, role or session, or `*`. IAM refuses anything else.",
        Bad = Example.Trust("""{ "Effect": "Allow", "Principal": { "AWS": "ana" }, "Action": "sts:AssumeRole" }"""),
        Good = Example.Trust("""
            { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:user/ana" }, "Action": "sts:AssumeRole" }
            """),
        Source = Pages.Principal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Principal?.Values ?? []).Where(v => v.Type == PrincipalType.Aws))
        {
            var text = value.Text;
            var isAccount = text.Length == 12 && text.All(char.IsAsciiDigit);
            if (text == "*" || isAccount || Glob.HasWildcard(text) || text.Contains("${", StringComparison.Ordinal) || PrincipalUniqueId.IsUniqueId(text))
            {
                continue;
            }

            if (!ArnText.TryParse(text, out var arn))
            {
                report.At(value.Span, $"`{text}` is no AWS principal", text.Contains(".amazonaws.com", StringComparison.Ordinal)
                    ? $"services stand under `Service`: `{{ \"Service\": \"{text}\" }}`"
                    : "expected a 12-digit account id, the ARN of an account, user, role or session, or `*`");
            }
            else if (arn.Service is not ("iam" or "sts") || !KindsOf.Any(k => arn.Resource == k.TrimEnd('/') || (k[^1] == '/' && arn.Resource.StartsWith(k, StringComparison.Ordinal))))
            {
                report.At(value.Span, $"`{text}` is the ARN of something that makes no requests", arn.Resource.StartsWith("oidc-provider/", StringComparison.Ordinal) || arn.Resource.StartsWith("saml-provider/", StringComparison.Ordinal)
                    ? "identity providers stand under `Federated`"
                    : "expected `:root`, `:user/NAME`, `:role/NAME`, `:assumed-role/ROLE/SESSION` or `:federated-user/NAME`; a group is no principal");
            }
            else if (!(arn.Account.Length == 12 && arn.Account.All(char.IsAsciiDigit)) && arn.Account is not ("cloudfront" or "aws"))
            {
                report.At(value.Span, $"`{arn.Account}` is no account id", "an account id has 12 digits");
            }
        }
    }

    private static readonly string[] KindsOf = ["root", "user/", "role/", "assumed-role/", "federated-user/", "instance-profile/", "self"];
}
