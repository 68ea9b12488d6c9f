using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An ARN with fewer than six fields.</summary>
internal sealed class ResourceShortArn : Rule
{
    public override Check Check { get; } = new("resource-short-arn", Severity.Warning, "an ARN with fewer than six fields")
    {
        Why = "In a permissions policy the missing fields are taken for `*`; what other kinds of policies do is not documented.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs" }"""),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs" }
            """),
        Source = Pages.Arn,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Resource?.Patterns ?? []))
        {
            var fields = value.Value.Split(':');
            if (fields[0] == "arn" && !value.Value.Contains("${", StringComparison.Ordinal) && IsShort(fields))
            {
                var whole = string.Join(':', fields.Concat(Enumerable.Repeat("*", 6 - fields.Length)));
                report.At(value, $"`{value.Value}` lacks fields: {(policy.IsIdentity ? $"it is read as `{whole}`" : "how it is read is not documented")}", "write all six fields");
            }
        }
    }

    /// <summary>Cut off behind the service or the region; with an empty or a fifth field something else was meant.</summary>
    internal static bool IsShort(string[] fields) => fields.Length is 3 or 4 or 5 && fields.All(f => f.Length > 0) && (fields.Length < 4 || Glob.HasWildcard(fields[3]) || fields[3].Count(c => c == '-') == 2);
}
