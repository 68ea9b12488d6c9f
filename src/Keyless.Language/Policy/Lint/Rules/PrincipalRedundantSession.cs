using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A session beside its own role.</summary>
internal sealed class PrincipalRedundantSession : Rule
{
    public override Check Check { get; } = new("principal-redundant-session", Severity.Info, "a session beside its own role")
    {
        Why = "The role's ARN stands for all of its sessions, so naming one of them as well changes nothing.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": ["arn:aws:iam::111122223333:role/deploy", "arn:aws:sts::111122223333:assumed-role/deploy/ci"] },
              "Action": "sts:AssumeRole"
            }
            """),
        Good = Example.Trust("""
            { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" }, "Action": "sts:AssumeRole" }
            """),
        Source = Pages.Principal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.Principal is { Negated: false }))
        {
            var roles = statement.Principal!.Values.Select(v => ArnText.TryParse(v.Text, out var arn) && arn.Service == "iam" && arn.Resource.StartsWith("role/", StringComparison.Ordinal)
                ? $"{arn.Account}/{arn.Resource.Split('/')[^1]}" : null).OfType<string>().ToHashSet(StringComparer.Ordinal);
            foreach (var value in statement.Principal.Values)
            {
                if (ArnText.TryParse(value.Text, out var arn) && arn.Service == "sts" && arn.Resource.Split('/') is ["assumed-role", var role, _] && roles.Contains($"{arn.Account}/{role}"))
                {
                    report.At(value.Span, $"the role `{role}` is listed too and stands for all its sessions", "leave the session out");
                }
            }
        }
    }
}
