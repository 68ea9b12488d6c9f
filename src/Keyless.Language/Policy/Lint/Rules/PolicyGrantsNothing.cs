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
        if (!policy.IsWhole || allows.Count == 0 || policy.OnlyLimits)
        {
            return;
        }

        var causes = allows.Select(a => a.Emptiness
            ?? (policy.Statements.FirstOrDefault(d => !d.IsAllow && Containment.Contains(d, a, acrossEffects: true)) is { } deny ? $"{deny.Title} denies all of it" : null)).ToList();
        if (causes.TrueForAll(c => c is not null))
        {
            report.At(policy.Start, $"no request passes this policy: {(causes.Count == 1 ? causes[0] : string.Join("; ", causes.Select((c, i) => $"in {allows[i].Title}, {c}")))}", Help);
        }
        else if (!allows.Exists(a => Witness.SubjectsOf(a).Any(s => policy.Statements.All(d => d.IsAllow || Witness.Applies(d, s) == false))) && policy.Proofs?.GrantsNothing() == true)
        {
            report.At(policy.Start, "proved: no request passes this policy: what it allows is denied again or never occurs", Help);
        }
    }

    private const string Help = "mend what is not meant; to refuse everybody an empty policy, or none, is clearer";
}
