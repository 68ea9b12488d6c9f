using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A service that may act for any customer.</summary>
internal sealed class ServicePrincipalNoSource : Rule
{
    public override Check Check { get; } = new("service-principal-no-source", Severity.Medium, "a service that may act for any customer")
    {
        Why = "The service acts for all its customers. Without a condition on the source another customer can make it use this resource: the confused deputy.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "Principal": { "Service": "cloudtrail.amazonaws.com" }, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-logs/*" }
              ]
            }
            """, PolicyKind.Resource),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": { "Service": "cloudtrail.amazonaws.com" },
                  "Action": "s3:PutObject",
                  "Resource": "arn:aws:s3:::acme-logs/*",
                  "Condition": { "StringEquals": { "aws:SourceAccount": "111122223333" } }
                }
              ]
            }
            """, PolicyKind.Resource),
        Source = Pages.ConfusedDeputy,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && s.Principal is { Negated: false } && !Sources.Any(s.RequiresKey)))
        {
            foreach (var value in statement.Principal!.Values.Where(v => v.Type == PrincipalType.Service))
            {
                // These take a role for the account it lives in and set no source.
                if (policy.Kind == PolicyKind.Trust && SameAccount.Contains(value.Text.Split('.')[0]))
                {
                    continue;
                }

                report.At(value.Span, $"`{value.Text}` may do this for any of its customers", "add `\"StringEquals\": { \"aws:SourceAccount\": \"ACCOUNT\" }`, or `aws:SourceArn` with the resource that it acts for");
            }
        }
    }

    private static readonly string[] Sources = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:PrincipalArn", "sts:ExternalId"];

    private static readonly string[] SameAccount = ["ec2", "lambda", "ecs-tasks", "eks", "eks-fargate-pods", "pods", "cloudformation", "codebuild", "codepipeline", "codedeploy", "elasticbeanstalk", "autoscaling", "opsworks", "elasticmapreduce", "glue", "edgelambda", "batch", "spotfleet", "ssm", "rolesanywhere", "ecs", "events", "states", "apigateway"];
}
