using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A key that is safe only beside another.</summary>
internal sealed class PairedKeyMissing : Rule
{
    public override Check Check { get; } = new("paired-key-missing", Severity.Medium, "a key that is safe only beside another")
    {
        Why = "The ARN of a bucket has no account, so `aws:SourceArn` alone does not say whose bucket it is, and a freed bucket name can be taken by others. Private addresses repeat in every VPC, so `aws:VpcSourceIp` alone does not say whose network it is.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": { "Service": "s3.amazonaws.com" },
                  "Action": "sns:Publish",
                  "Resource": "arn:aws:sns:eu-west-1:111122223333:uploads",
                  "Condition": { "ArnLike": { "aws:SourceArn": "arn:aws:s3:::acme-site" } }
                }
              ]
            }
            """, PolicyKind.Resource),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": { "Service": "s3.amazonaws.com" },
                  "Action": "sns:Publish",
                  "Resource": "arn:aws:sns:eu-west-1:111122223333:uploads",
                  "Condition": {
                    "ArnLike": { "aws:SourceArn": "arn:aws:s3:::acme-site" },
                    "StringEquals": { "aws:SourceAccount": "111122223333" }
                  }
                }
              ]
            }
            """, PolicyKind.Resource),
        Source = Pages.ConfusedDeputy,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.Where(s => s.IsAllow).SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            if (test.Operator is not { Negated: false })
            {
                continue;
            }

            if (test.Names("aws:SourceArn") && !statement.RequiresKey("aws:SourceAccount") && !statement.RequiresKey("aws:SourceOrgID"))
            {
                foreach (var value in test.Values.Where(v => ArnText.TryParse(v.Value, out var arn) && (arn.Account.Length == 0 || Glob.IsFree(arn.Account))))
                {
                    report.At(value, $"`{value.Value}` does not say in which account the source is", "add `\"StringEquals\": { \"aws:SourceAccount\": \"ACCOUNT\" }`");
                }
            }

            if (test.Names("aws:VpcSourceIp") && !statement.RequiresKey("aws:SourceVpc") && !statement.RequiresKey("aws:SourceVpce") && !statement.RequiresKey("aws:SourceVpcArn"))
            {
                report.At(test.Key, "private addresses repeat in every VPC", "add `aws:SourceVpc` or `aws:SourceVpce`");
            }
        }
    }
}
