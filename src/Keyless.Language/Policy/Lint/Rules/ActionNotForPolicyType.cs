using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An action that this kind of policy cannot decide.</summary>
internal sealed class ActionNotForPolicyType : Rule
{
    public override Check Check { get; } = new("action-not-for-policy-type", Severity.Warning, "an action that this kind of policy cannot decide")
    {
        Why = "A bucket's policy decides about the bucket and its objects only. Other actions in it have no effect, and S3 refuses to save some of them.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" }, "Action": ["s3:GetObject", "s3:ListAllMyBuckets"], "Resource": "arn:aws:s3:::acme-site/*" }
              ]
            }
            """, PolicyKind.Resource),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:role/deploy" }, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }
              ]
            }
            """, PolicyKind.Resource),
        Source = Pages.Action,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => policy.Kind == PolicyKind.Resource && s.Resource is { Negated: false } r && r.Patterns.Any() && r.Patterns.All(p => p.Value.StartsWith("arn:aws:s3:", StringComparison.Ordinal))))
        {
            foreach (var pattern in statement.Action.Patterns.Where(p => !Glob.HasWildcard(p.Value)))
            {
                if (pattern.Value.Split(':') is [var service, _] && (!service.Equals("s3", StringComparison.OrdinalIgnoreCase) || Services.ActionsOf(pattern.Value).Any(a => a.TakesNoResource)))
                {
                    report.At(pattern, $"a bucket's policy has no say in `{pattern.Value}`", "put it into a permissions policy of the role or user");
                }
            }
        }
    }
}
