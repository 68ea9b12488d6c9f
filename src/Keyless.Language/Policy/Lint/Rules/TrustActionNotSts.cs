using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An action that no trust policy has.</summary>
internal sealed class TrustActionNotSts : Rule
{
    public override Check Check { get; } = new("trust-action-not-sts", Severity.Error, "an action that no trust policy has")
    {
        Why = "A trust policy says who may assume a role. IAM refuses other actions in it, `sts:*` included; in trust policies the name must be in its exact case.",
        Bad = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" },
              "Action": "s3:GetObject"
            }
            """),
        Good = Example.Trust("""
            {
              "Effect": "Allow",
              "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" },
              "Action": "sts:AssumeRole"
            }
            """),
        Source = Pages.OidcTrust,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.Where(s => policy.Kind == PolicyKind.Trust).SelectMany(s => s.Action.Patterns))
        {
            var exact = TrustAction.All.Any(a => a.Name == value.Value);
            var partial = value.Value.StartsWith("sts:", StringComparison.Ordinal) && value.Value != "sts:*" && TrustAction.All.Any(a => Glob.IsMatch(value.Value, a.Name));
            if (exact || partial)
            {
                continue;
            }

            var meant = TrustAction.All.FirstOrDefault(a => a.Name.Equals(value.Value, StringComparison.OrdinalIgnoreCase))?.Name
                ?? (value.Value.Contains(':', StringComparison.Ordinal) ? Suggest.Nearest(value.Value, TrustAction.All.Select(a => a.Name)) : null);
            report.At(value, $"`{value.Value}` has no place in a trust policy: IAM takes only STS's assume-role actions there",
                meant is not null ? $"write `{meant}`" : $"expected one of {string.Join(", ", TrustAction.All.Select(a => $"`{a.Name}`"))}; what the role may do belongs into its permissions policy", fix: meant);
        }
    }
}
