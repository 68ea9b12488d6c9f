using Keyless.Language.Diagnostics;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>No Version.</summary>
internal sealed class VersionMissing : Rule
{
    public override Check Check { get; } = new("version-missing", Severity.Warning, "no Version")
    {
        Why = "Without a version the policy is read by the rules of 2008, in which variables are plain text. IAM refuses new managed policies without one.",
        Bad = Example.Document("""
            { "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """),
        Good = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" } ] }
            """),
        Source = Pages.Version,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        if (policy.Root is MappingNode map && map["Version"] is null)
        {
            report.At(policy.Start, "the policy has no `Version`, so it is read by the rules of 2008, without variables", "add `\"Version\": \"2012-10-17\"`");
        }
    }
}
