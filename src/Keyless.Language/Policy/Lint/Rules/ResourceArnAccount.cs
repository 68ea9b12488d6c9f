using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>An account field that is wrong for the resource.</summary>
internal sealed class ResourceArnAccount : Rule
{
    public override Check Check { get; } = new("resource-arn-account", Severity.Error, "an account field that is wrong for the resource")
    {
        Why = "An account is 12 digits. ARNs of some resources, buckets among them, have none; with one they match nothing.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3::111122223333:acme-site" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-site" }"""),
        Source = Pages.Arn,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Resource?.Patterns ?? []))
        {
            if (!ArnText.TryParse(value.Value, out var arn) || arn.Account.Contains('$', StringComparison.Ordinal))
            {
                continue;
            }

            var types = ResourceFit.TypesOf(arn);
            if (arn.Account.Length > 0 && !Glob.HasWildcard(arn.Account) && arn.Account is not ("aws" or "amazon" or "cloudfront" or "aws-marketplace" or "third-party") && !(arn.Account.Length == 12 && arn.Account.All(char.IsAsciiDigit)))
            {
                report.At(value, $"`{arn.Account}` is no account id", "an account id has 12 digits");
            }
            else if (arn.Account.Length > 0 && !Glob.IsFree(arn.Account) && types.Count > 0 && types.All(t => t.Account == FieldUse.Empty))
            {
                report.At(value, $"the ARN of {types[0].InWords} has no account: `{value.Value}` matches nothing", "leave the account out", (arn with { Account = "" }).ToString());
            }
            else if (arn.Account.Length == 0 && types.Count > 0 && types.All(t => t.Account == FieldUse.Filled))
            {
                report.At(value, $"the ARN of {types[0].InWords} has an account: without one `{value.Value}` matches nothing", "write the account id in the fifth field, or `*`");
            }
        }
    }
}
