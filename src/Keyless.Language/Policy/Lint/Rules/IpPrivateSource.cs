using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A private address as the source.</summary>
internal sealed class IpPrivateSource : Rule
{
    public override Check Check { get; } = new("ip-private-source", Severity.Error, "a private address as the source")
    {
        Why = "`aws:SourceIp` is the public address that a request comes from. Requests over a VPC endpoint do not have the key at all; their private address is in `aws:VpcSourceIp`.",
        Bad = Example.Condition("""{ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }"""),
        Good = Example.Condition("""
            { "IpAddress": { "aws:VpcSourceIp": "10.0.0.0/8" }, "StringEquals": { "aws:SourceVpc": "vpc-0a1b2c3d" } }
            """),
        Source = Pages.GlobalKeys,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.IpAddress && t.Names("aws:SourceIp")))
        {
            var mixed = test.Values.Any(v => AddressRange.Parse(v.Value) is { IsPrivate: false });
            foreach (var value in test.Values.Where(v => AddressRange.Parse(v.Value) is { IsPrivate: true }))
            {
                report.At(value, $"`{value.Value}` is private: no request comes from there as `aws:SourceIp`", "use `aws:VpcSourceIp` for private addresses, together with `aws:SourceVpc`", severity: mixed ? Severity.Warning : null);
            }
        }
    }
}
