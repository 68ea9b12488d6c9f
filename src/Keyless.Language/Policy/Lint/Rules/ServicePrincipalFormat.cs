using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A service that is not named by its host.</summary>
internal sealed class ServicePrincipalFormat : Rule
{
    public override Check Check { get; } = new("service-principal-format", Severity.Error, "a service that is not named by its host")
    {
        Why = "An AWS service is named by its host, such as `ec2.amazonaws.com`. IAM refuses other forms.",
        Bad = Example.Trust("""{ "Effect": "Allow", "Principal": { "Service": "ec2" }, "Action": "sts:AssumeRole" }"""),
        Good = Example.Trust("""{ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }"""),
        Source = Pages.Principal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Principal?.Values ?? []).Where(v => v.Type == PrincipalType.Service && v.Text != "*"))
        {
            var text = value.Text;
            var host = Domains.FirstOrDefault(d => text.EndsWith(d, StringComparison.Ordinal));
            var name = host is null ? "" : text[..^host.Length];
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '_'))
            {
                var plain = text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
                report.At(new Located<string>(text, value.Span), $"`{text}` is no service principal", plain ? $"write `{text.ToLowerInvariant()}.amazonaws.com`" : "a service is named by its host, such as `lambda.amazonaws.com`",
                    fix: plain ? $"{text.ToLowerInvariant()}.amazonaws.com" : null);
            }
        }
    }

    private static readonly string[] Domains = [".amazonaws.com", ".amazonaws.com.cn", ".aws.internal", ".amazon.com"];
}
