using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Knowledge;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A variable that may have no value.</summary>
internal sealed class VariableMayBeAbsent : Rule
{
    public override Check Check { get; } = new("variable-may-be-absent", Severity.Warning, "a variable that may have no value")
    {
        Why = "Without a value and a default a positive comparison never holds, and a negated one always does: a Deny or an Allow with `NotResource` or `StringNotEquals` then means something else.",
        Bad = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:PrincipalTag/team}/*" }
            """),
        Good = Example.Statement("""
            { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-home/${aws:PrincipalTag/team, 'none'}/*" }
            """),
        Source = Pages.Variables,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var use in Variables.In(policy).Where(u => u is { Key: not null, HasDefault: false, Fault: VariableFault.None } && policy.Document.Version == PolicyVersion.V20121017))
        {
            // `aws:username` in an Allow is the usual idiom: without a user name nothing is granted.
            var negated = use.Test is null ? use.Statement.Resource!.Negated : use.Test.Operator is { Negated: true };
            var idiom = use.Key!.Equals("aws:username", StringComparison.OrdinalIgnoreCase) && use.Statement.IsAllow && !negated;
            if (!idiom && ConditionKeys.Find(use.Key) is { IsAlwaysPresent: false, IsMultivalued: false } && !use.Statement.RequiresKey(use.Key))
            {
                report.At(use.Value, $"`{use.Key}` is not in every request: without it {(negated ? "the test counts as different and holds" : use.Statement.IsAllow ? "nothing matches" : "the Deny does not apply")}",
                    $"give it a default, `${{{use.Key}, 'none'}}`, or add `\"Null\": {{ \"{use.Key}\": \"false\" }}`");
            }
        }
    }
}
