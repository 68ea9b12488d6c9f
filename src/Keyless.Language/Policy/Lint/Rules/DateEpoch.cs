using Keyless.Language.Policy.Conditions;
using System.Globalization;
using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A time in digits only.</summary>
internal sealed class DateEpoch : Rule
{
    public override Check Check { get; } = new("date-epoch", Severity.Info, "a time in digits only")
    {
        Why = "Digits alone are seconds since 1970. A bare year such as `2026` is then half an hour into 1970.",
        Bad = Example.Condition("""{ "DateGreaterThan": { "aws:CurrentTime": "2026" } }"""),
        Good = Example.Condition("""{ "DateGreaterThan": { "aws:CurrentTime": "2026-01-01" } }"""),
        Source = Pages.Operators,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var test in policy.Statements.SelectMany(s => s.Tests).Where(t => t.Operator?.Family == OperatorFamily.Date && !t.Names("aws:EpochTime")))
        {
            foreach (var value in test.Values.Where(v => v.Value.Length > 0 && v.Value.All(char.IsAsciiDigit) && v.Value.Length <= 12))
            {
                var time = DateTimeOffset.FromUnixTimeSeconds(long.Parse(value.Value, CultureInfo.InvariantCulture));
                var year = value.Value.Length == 4;
                report.At(value, $"`{value.Value}` is read as seconds since 1970, {time:yyyy-MM-dd'T'HH:mm:ss'Z'}", $"write `{(year ? $"{value.Value}-01-01" : time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))}`",
                    year ? null : time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), year ? Severity.Warning : null);
            }
        }
    }
}
