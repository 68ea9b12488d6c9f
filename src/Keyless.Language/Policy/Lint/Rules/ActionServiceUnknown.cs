using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A service that does not exist.</summary>
internal sealed class ActionServiceUnknown : Rule
{
    public override Check Check { get; } = new("action-service-unknown", Severity.Low, "a service that does not exist")
    {
        Why = "Nothing matches the action, so the statement does not do what it says.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "ss3:*", "Resource": "*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.ServiceReference,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Action.Patterns))
        {
            if (value.Value.Split(':') is [{ Length: > 0 } prefix, _] && !prefix.Any(char.IsWhiteSpace) && !Glob.HasWildcard(prefix) && !prefix.Contains('$', StringComparison.Ordinal) && Services.Find(prefix) is null)
            {
                var near = Suggest.Nearest(prefix, Services.Prefixes);
                report.At(value, $"no service has the prefix `{prefix}`", near is null ? "look the prefix up in the Service Authorization Reference" : $"did you mean `{near}:{value.Value[(prefix.Length + 1)..]}`?");
            }
        }
    }
}
