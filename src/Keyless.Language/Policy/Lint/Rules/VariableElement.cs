using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A variable where none is replaced.</summary>
internal sealed class VariableElement : Rule
{
    public override Check Check { get; } = new("variable-element", Severity.Error, "a variable where none is replaced")
    {
        Why = "Variables are replaced in the last field of resources and in condition values. Anywhere else they are plain text and match nothing.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:${aws:username}", "Resource": "arn:aws:s3:::acme-site/*" }"""),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:username}/*" }
            """),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements)
        {
            foreach (var value in statement.Action.Patterns.Where(Holds))
            {
                report.At(value, $"no variable is replaced in an action: `{value.Value}` matches nothing", "write the action out");
            }

            foreach (var value in (statement.Principal?.Values ?? []).Where(v => v.Text.Contains("${", StringComparison.Ordinal)))
            {
                report.At(value.Span, $"no variable is replaced in a principal: `{value.Text}` matches nobody", "write the principal out");
            }

            foreach (var value in (statement.Resource?.Patterns ?? []).Where(Holds))
            {
                if (value.Value != "*" && value.Value.IndexOf("${", StringComparison.Ordinal) < SixthField(value.Value))
                {
                    report.At(value, $"variables are replaced in the last field of an ARN only, so `{value.Value}` matches nothing", "write partition, service, region and account out, or `*`");
                }
            }
        }
    }

    private static bool Holds(Located<string> value) => value.Value.Contains("${", StringComparison.Ordinal);

    /// <summary>Where the resource field starts, taking colons inside variables for what they are.</summary>
    private static int SixthField(string arn)
    {
        var (colons, depth) = (0, 0);
        for (var i = 0; i < arn.Length; i++)
        {
            depth += arn[i] == '{' ? 1 : arn[i] == '}' ? -1 : 0;
            if (arn[i] == ':' && depth == 0 && ++colons == 5)
            {
                return i + 1;
            }
        }

        return arn.Length;
    }
}
