using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A value that is no address range.</summary>
internal sealed class IpValueInvalid : Rule
{
    public override Check Check { get; } = new("ip-value-invalid", Severity.Warning, "a value that is no address range")
    {
        Why = "A value that is no IP address or range never matches. In a Deny with `NotIpAddress` that means everybody is denied, in an Allow nobody is allowed.",
        Bad = Example.Condition("""{ "IpAddress": { "aws:SourceIp": "10.0.0.0/33" } }"""),
        Good = Example.Condition("""{ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.IpAddress))
        {
            foreach (var value in test.Values.Where(v => AddressRange.Parse(v.Value) is null && !v.Value.Contains("${", StringComparison.Ordinal)))
            {
                report.At(value, $"`{value.Value}` is no IP address or range: it never matches", "write IPv4 as `203.0.113.0/24` (at most `/32`) and IPv6 as `2001:db8::/32` (at most `/128`)");
            }
        }
    }
}
