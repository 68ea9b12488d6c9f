using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A partition that does not exist.</summary>
internal sealed class ResourceArnPartition : Rule
{
    public override Check Check { get; } = new("resource-arn-partition", Severity.Error, "a partition that does not exist")
    {
        Why = "The second field of an ARN is one of AWS's partitions. IAM refuses others.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:amazon:s3:::acme-site" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-site" }"""),
        Source = Pages.Arn,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Resource?.Patterns ?? []))
        {
            if (ArnText.TryParse(value.Value, out var arn) && !Partitions.Contains(arn.Partition) && !Glob.HasWildcard(arn.Partition) && !arn.Partition.Contains('$', StringComparison.Ordinal))
            {
                report.At(value, arn.Partition.Length == 0 ? $"`{value.Value}` has no partition" : $"there is no partition `{arn.Partition}`", "expected `aws`, `aws-cn` or `aws-us-gov`", (arn with { Partition = "aws" }).ToString());
            }
        }
    }

    private static readonly string[] Partitions = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];
}
