using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A resource that another pattern covers.</summary>
internal sealed class ResourceRedundant : Rule
{
    public override Check Check { get; } = new("resource-redundant", Severity.Info, "a resource that another pattern covers")
    {
        Why = "It changes nothing and hides how much the list really covers.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::acme-site/*", "arn:aws:s3:::acme-site/index.html"] }
            """),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.Resource,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.Resource is not null))
        {
            Redundancy.Report(statement.Resource!.Patterns, Redundancy.CoversResource, report);
        }
    }
}
