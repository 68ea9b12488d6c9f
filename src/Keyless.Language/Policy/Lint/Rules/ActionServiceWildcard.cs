using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard in the service's name.</summary>
internal sealed class ActionServiceWildcard : Rule
{
    public override Check Check { get; } = new("action-service-wildcard", Severity.Warning, "a wildcard in the service's name")
    {
        Why = "The pattern reaches into other services, also into those that AWS adds later; AWS's own checks call it invalid.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s*:Get*", "Resource": "*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Action,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Action.Patterns))
        {
            if (value.Value.Split(':') is [var prefix, _] && Glob.HasWildcard(prefix))
            {
                report.At(value, $"`{prefix}` reaches into every service whose prefix it matches", "name the service");
            }
        }
    }
}
