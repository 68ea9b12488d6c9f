using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Every resource where some could be named.</summary>
internal sealed class ResourceStar : Rule
{
    public override Check Check { get; } = new("resource-star", Severity.Low, "every resource where some could be named")
    {
        Why = "The action works on particular resources. With `*` it may do so on all of them, also on those created tomorrow.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.LeastPrivilege,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && !s.Action.Negated && s.Resource is { Negated: false } && !policy.OnlyLimits))
        {
            var scoped = statement.Action.Patterns.Where(p => Services.ActionsOf(p.Value).Any(a => !a.Types.IsEmpty)).Select(p => p.Value).ToList();
            foreach (var value in statement.Resource!.Patterns.Where(v => Glob.IsFree(v.Value) && scoped.Count > 0))
            {
                report.At(value, $"{string.Join(", ", scoped.Take(3).Select(a => $"`{a}`"))}{(scoped.Count > 3 ? " and others" : "")} could be limited to particular resources", "name them by ARN; actions that take no resource go into a statement of their own");
            }
        }
    }
}
