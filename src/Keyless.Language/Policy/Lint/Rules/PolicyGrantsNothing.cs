using Keyless.Language.Diagnostics;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A policy that allows nothing.</summary>
internal sealed class PolicyGrantsNothing : Rule
{
    public override Check Check { get; } = new("policy-grants-nothing", Severity.Warning, "a policy that allows nothing")
    {
        Why = "Every request is refused. If that is meant, no policy at all says it more clearly.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" },
                { "Effect": "Deny", "Action": "s3:*", "Resource": "*" }
              ]
            }
            """),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" },
                { "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/private/*" }
              ]
            }
            """),
        Source = Pages.Evaluation,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        var allows = policy.Statements.Where(s => s.IsAllow).ToList();
        var whole = policy.StatementNodes.Count() == policy.Statements.Length;
        if (!whole || allows.Count == 0 || policy.OnlyLimits)
        {
            return;
        }

        var plain = allows.TrueForAll(a => Emptiness.Reason(a) is not null || policy.Statements.Any(d => !d.IsAllow && Containment.Contains(d, a, acrossEffects: true)));
        if (plain || policy.Proofs?.GrantsNothing() == true)
        {
            report.At(policy.Start, $"{(plain ? "" : "proved: ")}no request passes this policy: what it allows is denied again or can never occur", "mend the Allow or the Deny, whichever is not meant");
        }
    }
}
