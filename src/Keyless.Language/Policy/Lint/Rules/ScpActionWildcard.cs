using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A wildcard inside an action of a service control policy.</summary>
internal sealed class ScpActionWildcard : Rule
{
    public override Check Check { get; } = new("scp-action-wildcard", Severity.Warning, "a wildcard inside an action of a service control policy")
    {
        Why = "For long AWS took wildcards in service control policies only as `*` or at the end of the action. It has lifted the limit, but older tools still refuse such a policy.",
        Bad = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Deny", "Action": "s3:*Bucket", "Resource": "*" } ] }
            """, PolicyKind.ServiceControl),
        Good = Example.Document("""
            { "Version": "2012-10-17", "Statement": [ { "Effect": "Deny", "Action": ["s3:CreateBucket", "s3:DeleteBucket"], "Resource": "*" } ] }
            """, PolicyKind.ServiceControl),
        Source = Pages.ServiceControl,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.Where(_ => policy.Kind == PolicyKind.ServiceControl).SelectMany(s => s.Action.Patterns))
        {
            var star = value.Value.AsSpan().IndexOfAny('*', '?');
            if (star >= 0 && star < value.Value.Length - 1)
            {
                report.At(value, $"the wildcard in `{value.Value}` does not stand at the end", "list the actions, or end the pattern with `*`");
            }
        }
    }
}
