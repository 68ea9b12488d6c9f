using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A range with bits behind its prefix.</summary>
internal sealed class IpHostBits : Rule
{
    public override Check Check { get; } = new("ip-host-bits", Severity.Info, "a range with bits behind its prefix")
    {
        Why = "Bits behind the prefix are ignored in IPv4, so the range is wider than the one address it seems to name; an IPv6 range with such bits matches nothing.",
        Bad = Example.Condition("""{ "IpAddress": { "aws:SourceIp": "203.0.113.9/24" } }"""),
        Good = Example.Condition("""{ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.IpAddress))
        {
            foreach (var value in test.Values)
            {
                if (AddressRange.Parse(value.Value) is { HasHostBits: true } range)
                {
                    report.At(value, $"`{value.Value}` means the whole range `{range.Network}`", $"write `{range.Network}` for the range, or `{range.Address}` for the one address", range.Network);
                }
            }
        }
    }
}
