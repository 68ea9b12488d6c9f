using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An Allow on everything but.</summary>
internal sealed class NotresourceAllow : Rule
{
    public override Check Check { get; } = new("notresource-allow", Severity.High, "an Allow on everything but")
    {
        Why = "Every resource that is not listed is included, also those created tomorrow.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::acme-logs/*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.NotResource,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && s.Resource is { Negated: true } && !policy.OnlyLimits))
        {
            report.At(statement.Resource!.Span, "every resource but these is allowed", "list the resources that are needed under `Resource`");
        }
    }
}
