using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A pattern that amounts to every resource.</summary>
internal sealed class ResourceEffectivelyStar : Rule
{
    public override Check Check { get; } = new("resource-effectively-star", Severity.Low, "a pattern that amounts to every resource")
    {
        Why = "It looks like an ARN and names everything of the service, in every account and region.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:*:*:*:*:*" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Source = Pages.LeastPrivilege,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.Where(s => s.IsAllow && !policy.OnlyLimits).SelectMany(s => s.Resource is { Negated: false } r ? r.Patterns : []))
        {
            if (!ArnText.TryParse(value.Value, out var arn) || !(arn.Account.Length == 0 || Glob.IsFree(arn.Account)) || !(arn.Region.Length == 0 || Glob.IsFree(arn.Region)))
            {
                continue;
            }

            // What stands before the wildcards may only be the word for the kind of resource.
            var word = arn.Resource.AsSpan().IndexOfAny('/', ':') is var end and >= 0 ? arn.Resource[(end + 1)..] : arn.Resource;
            var kindOnly = Services.Find(arn.Service)?.Types.Any(t => t.Form.StartsWith(arn.Resource[..^word.Length], StringComparison.Ordinal) && arn.Resource.Length > word.Length) ?? false;
            if (Glob.IsFree(arn.Resource.Replace("/", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal)) || (kindOnly && Glob.IsFree(word)))
            {
                report.At(value, $"`{value.Value}` amounts to `*`: every {(Glob.IsFree(arn.Service) ? "resource" : $"resource of `{arn.Service}`")} of that kind, in every account", "name account and resource");
            }
        }
    }
}
