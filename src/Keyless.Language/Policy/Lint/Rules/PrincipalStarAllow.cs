using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>Everybody is allowed.</summary>
internal sealed class PrincipalStarAllow : Rule
{
    public override Check Check { get; } = new("principal-star-allow", Severity.Critical, "everybody is allowed")
    {
        Why = "`*` as the principal is everybody, with and without an AWS account. Without a condition that narrows it down the resource is public.",
        Bad = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-site/*" }]
            }
            """, PolicyKind.Resource),
        Good = Example.Document("""
            {
              "Version": "2012-10-17",
              "Statement": [
                {
                  "Effect": "Allow",
                  "Principal": "*",
                  "Action": "s3:GetObject",
                  "Resource": "arn:aws:s3:::acme-site/*",
                  "Condition": { "StringEquals": { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }
                }
              ]
            }
            """, PolicyKind.Resource),
        Source = Pages.Principal,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => s.IsAllow && s.Principal is { Negated: false } && policy.Kind is PolicyKind.Trust or PolicyKind.Resource))
        {
            foreach (var value in statement.Principal!.Values.Where(v => v.Type is PrincipalType.Everyone or PrincipalType.Aws && v.Text == "*"))
            {
                // Web identities are not matched by it: a finding of its own says so.
                var webOnly = policy.Kind == PolicyKind.Trust && !TrustAction.Of(statement).Any(a => a.TakesAws);
                if (!webOnly && !statement.Tests.Any(Narrows))
                {
                    report.At(value.Span, policy.Kind == PolicyKind.Trust ? "everybody with an AWS account may assume this role" : "everybody on the internet is allowed",
                        "name the principals, or narrow it with a condition such as `aws:PrincipalOrgID`, `aws:SourceArn` or `aws:SourceVpce`; a website that is meant to be public is a reason to suppress this");
                }
            }
        }
    }

    /// <summary>Whether a test ties the request to somebody or somewhere in particular.</summary>
    private static bool Narrows(Test test) =>
        test.RequiresKey && test.Operator!.Family != OperatorFamily.Null
        && test.Key.Value.ToLowerInvariant() is var key
        && (Keys.Contains(key) || key.StartsWith("aws:principaltag/", StringComparison.Ordinal) || test.Provider is not null)
        && !test.Values.Any(v => v.Value is "*" or "0.0.0.0/0" or "::/0");

    private static readonly string[] Keys =
    [
        "aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalorgpaths", "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid",
        "aws:sourceorgpaths", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:userid", "aws:username",
        "s3:dataaccesspointaccount", "s3:dataaccesspointarn", "kms:calleraccount", "sts:externalid", "lambda:eventsourcetoken", "sns:endpoint",
    ];
}
