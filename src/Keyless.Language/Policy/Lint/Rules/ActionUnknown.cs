using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An action that its service does not have.</summary>
internal sealed class ActionUnknown : Rule
{
    public override Check Check { get; } = new("action-unknown", Severity.Low, "an action that its service does not have")
    {
        Why = "The statement allows or denies something that does not exist, and what was meant stays as it was.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.ServiceReference,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Action.Patterns))
        {
            if (value.Value.Split(':') is not [var prefix, var name] || Glob.HasWildcard(prefix) || Services.Find(prefix) is not { IsComplete: true } service || name.Length == 0 || name.Any(char.IsWhiteSpace))
            {
                continue;
            }

            if (Glob.HasWildcard(name) ? !service.Actions.Keys.Any(a => Glob.IsMatch(name, a, ignoreCase: true)) : !service.Actions.ContainsKey(name))
            {
                var near = Glob.HasWildcard(name) ? null : Suggest.Nearest(name, service.Actions.Keys);
                report.At(value, Glob.HasWildcard(name) ? $"no action of `{prefix}` matches `{value.Value}`" : $"`{prefix}` has no action `{name}`",
                    near is null ? "look it up in the Service Authorization Reference" : $"did you mean `{prefix}:{near}`?", near is null ? null : $"{prefix}:{near}");
            }
        }
    }
}
