using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Permission to change the policy that limits it.</summary>
internal sealed class ResourcePolicyEscalation : Rule
{
    public override Check Check { get; } = new("resource-policy-escalation", Severity.Medium, "permission to change the policy that limits it")
    {
        Why = "Whoever may change a bucket's policy may give itself, or anybody, every other action on that bucket.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutBucketPolicy"], "Resource": ["arn:aws:s3:::acme-site", "arn:aws:s3:::acme-site/*"] }
            """),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::acme-site/*" }
            """),
        Source = Pages.LeastPrivilege,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => policy.IsIdentity && !policy.OnlyLimits && s.IsAllow && !s.Action.Negated))
        {
            foreach (var pattern in statement.Action.Patterns.Where(p => !Escalation.IsStar(p.Value)))
            {
                if (Editing.FirstOrDefault(a => Glob.IsMatch(pattern.Value, a, ignoreCase: true)) is { } action && !Escalation.IsDenied(policy, action)
                    && statement.Resource is { } resource && resource.Patterns.Any(r => Glob.IsFree(r.Value) || Services.ActionsOf(action).Any(a => ResourceFit.Fits(r.Value, a))))
                {
                    report.At(pattern, $"`{action}` changes the policy of the resource itself: whoever has it can allow the rest", "leave it out, or keep it for a role that administers the resource");
                }
            }
        }
    }

    private static readonly string[] Editing =
    [
        "s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutAccessPointPolicy", "sqs:AddPermission", "sqs:SetQueueAttributes", "sns:AddPermission", "sns:SetTopicAttributes",
        "kms:PutKeyPolicy", "kms:CreateGrant", "lambda:AddPermission", "lambda:AddLayerVersionPermission", "ecr:SetRepositoryPolicy", "secretsmanager:PutResourcePolicy", "dynamodb:PutResourcePolicy",
    ];
}
