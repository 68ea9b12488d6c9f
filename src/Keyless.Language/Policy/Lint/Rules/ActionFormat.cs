using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An action that is not service:Name.</summary>
internal sealed class ActionFormat : Rule
{
    public override Check Check { get; } = new("action-format", Severity.Error, "an action that is not service:Name")
    {
        Why = "An action is a service's prefix and a name with one colon between them, or `*`. IAM refuses other forms.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Action,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Action.Patterns).Where(v => v.Value != "*" && !v.Value.Contains("${", StringComparison.Ordinal) && !v.Value.Any(char.IsWhiteSpace)))
        {
            var parts = value.Value.Split(':');
            if (parts.Length == 1)
            {
                var service = Services.Prefixes.Take(20).FirstOrDefault(p => Services.Find(p)!.Actions.ContainsKey(value.Value));
                report.At(value, $"the action `{value.Value}` names no service", service is null ? "write `service:Name`, for example `s3:GetObject`" : $"write `{service}:{value.Value}`", service is null ? null : $"{service}:{value.Value}");
            }
            else if (parts.Length > 2)
            {
                report.At(value, $"the action `{value.Value}` has several colons", "write `service:Name`, for example `s3:GetObject`; an ARN belongs under `Resource`");
            }
            else if (parts[0].Length == 0 || parts[1].Length == 0 || !parts[0].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '*' or '?'))
            {
                report.At(value, $"`{value.Value}` is no action", "the service's prefix has letters, digits and `-`, and a name follows the colon");
            }
        }
    }
}
