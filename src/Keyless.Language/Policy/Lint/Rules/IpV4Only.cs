using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>IPv4 ranges only.</summary>
internal sealed class IpV4Only : Rule
{
    public override Check Check { get; } = new("ip-v4-only", Severity.Info, "IPv4 ranges only")
    {
        Why = "An IPv6 caller is in no IPv4 range. Under `NotIpAddress` the condition therefore holds for all of them, and a Deny with IPv4 ranges does not see them.",
        Bad = Example.Statement("""
            {
              "Effect": "Deny",
              "Action": "s3:DeleteObject",
              "Resource": "arn:aws:s3:::acme-site/*",
              "Condition": { "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" } }
            }
            """),
        Good = Example.Statement("""
            {
              "Effect": "Deny",
              "Action": "s3:DeleteObject",
              "Resource": "arn:aws:s3:::acme-site/*",
              "Condition": { "NotIpAddress": { "aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"] } }
            }
            """),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var (statement, test) in policy.Statements.SelectMany(s => s.Tests.Select(t => (s, t))))
        {
            var ranges = test.Operator is { Family: OperatorFamily.IpAddress } && test.Names("aws:SourceIp") ? test.Values.Select(v => AddressRange.Parse(v.Value)).OfType<AddressRange>().ToList() : [];
            if (ranges.Count > 0 && ranges.All(r => r.IsV4) && (test.Operator!.Negated || !statement.IsAllow))
            {
                report.At(test.Values[0], test.Operator.Negated ? "every IPv6 caller is outside these ranges" : "no IPv6 caller is in these ranges, so none is denied", "add the IPv6 ranges that are meant");
            }
        }
    }
}
