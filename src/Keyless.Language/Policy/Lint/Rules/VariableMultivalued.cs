using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A variable of a key with many values.</summary>
internal sealed class VariableMultivalued : Rule
{
    public override Check Check { get; } = new("variable-multivalued", Severity.Error, "a variable of a key with many values")
    {
        Why = "A list cannot stand in a text: the variable is never resolved, and the pattern matches nothing.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:TagKeys}/*" }
            """),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:username}/*" }
            """),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var use in Variables.In(policy).Where(u => u.Key is { } key && ConditionKeys.Find(key) is { IsMultivalued: true }))
        {
            report.At(use.Value, $"`{use.Key}` holds many values and cannot be a variable", "use a key with one value");
        }
    }
}
