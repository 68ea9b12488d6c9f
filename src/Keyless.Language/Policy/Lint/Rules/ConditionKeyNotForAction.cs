using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A key that these actions never set.</summary>
internal sealed class ConditionKeyNotForAction : Rule
{
    public override Check Check { get; } = new("condition-key-not-for-action", Severity.Medium, "a key that these actions never set")
    {
        Why = "AWS sets the key for other actions only. For the actions of this statement it is absent, and the condition comes out the same whatever the request.",
        Bad = Example.Statement("""
            {
              "Effect": "Allow",
              "Action": "s3:GetObject",
              "Resource": "arn:aws:s3:::acme-site/*",
              "Condition": { "StringEquals": { "s3:prefix": "public/" } }
            }
            """),
        Good = Example.Statement("""
            {
              "Effect": "Allow",
              "Action": "s3:ListBucket",
              "Resource": "arn:aws:s3:::acme-site",
              "Condition": { "StringEquals": { "s3:prefix": "public/" } }
            }
            """),
        Source = Pages.ServiceReference,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var statement in policy.Statements.Where(s => !s.Action.Negated && !s.Action.Patterns.IsEmpty))
        {
            foreach (var test in statement.Tests)
            {
                if (test.KnownKey is { Actions.IsEmpty: false } key && !key.Actions.Any(statement.Admits))
                {
                    report.At(test.Key, $"`{test.Key.Value}` is never set for {Listed(statement)}: {AbsentKey.Effect(statement, test)}", $"it is set for {string.Join(", ", key.Actions.Select(a => $"`{a}`"))}");
                }
                else if (ServiceOf(test) is { } service && !statement.Action.Patterns.Any(p => Glob.IsMatch(p.Value.Split(':')[0], service, ignoreCase: true)))
                {
                    report.At(test.Key, $"`{test.Key.Value}` is a key of `{service}` and never set for {Listed(statement)}: {AbsentKey.Effect(statement, test)}", $"put the actions of `{service}` into a statement of their own");
                }
                else if (policy.Kind != PolicyKind.Trust && test.Provider is { IsGitHub: true } claim && claim.Claim.ToLowerInvariant() is not ("sub" or "aud" or "amr"))
                {
                    report.At(test.Key, $"`{test.Key.Value}` is set while the role is assumed and no longer in the session: {AbsentKey.Effect(statement, test)}", "test it in the role's trust policy");
                }
            }
        }
    }

    /// <summary>Keys that say where a role's credentials came from are set for every service.</summary>
    private static readonly string[] OfSessions = ["ec2:RoleDelivery", "ec2:SourceInstanceARN", "lambda:SourceFunctionArn", "ssm:SourceInstanceARN", "glue:RoleAssumedBy", "glue:CredentialIssuingService", "codebuild:BuildArn", "codebuild:ProjectArn"];

    private static readonly string[] Own = ["s3", "iam", "kms", "sts", "dynamodb", "lambda", "secretsmanager", "sns", "cloudformation"];

    /// <summary>The service that owns a key, when only its own actions set it.</summary>
    private static string? ServiceOf(Test test)
    {
        var colon = test.Key.Value.IndexOf(':', StringComparison.Ordinal);
        var prefix = colon < 0 ? "" : test.Key.Value[..colon].ToLowerInvariant();
        return Own.Contains(prefix) && test.Provider is null && !OfSessions.Contains(test.Key.Value, StringComparer.OrdinalIgnoreCase)
            // A role for AWS services is tested with the keys of the calling service.
            && !(prefix == "sts" && test.Names("sts:ExternalId")) ? prefix : null;
    }

    private static string Listed(LintedStatement statement) =>
        statement.Action.Patterns is [var one] ? $"`{one.Value}`" : "these actions";
}
