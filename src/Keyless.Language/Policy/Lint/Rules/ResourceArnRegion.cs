using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Knowledge;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A region field that is wrong for the resource.</summary>
internal sealed class ResourceArnRegion : Rule
{
    public override Check Check { get; } = new("resource-arn-region", Severity.Error, "a region field that is wrong for the resource")
    {
        Why = "ARNs of some resources, buckets and everything in IAM among them, have no region; with one they match nothing, and IAM refuses some of them. Others always have one.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:eu-west-1::acme-site" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-site" }"""),
        Source = Pages.Arn,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Resource?.Patterns ?? []))
        {
            if (!ArnText.TryParse(value.Value, out var arn) || arn.Region.Contains('$', StringComparison.Ordinal))
            {
                continue;
            }

            var types = ResourceFit.TypesOf(arn);
            if (arn.Region.Length > 0 && !Glob.IsFree(arn.Region) && types.Count > 0 && types.All(t => t.Region == FieldUse.Empty))
            {
                report.At(value, $"the ARN of {types[0].InWords} has no region: `{value.Value}` matches nothing", "leave the region out", (arn with { Region = "" }).ToString());
            }
            else if (arn.Region.Length == 0 && types.Count > 0 && types.All(t => t.Region == FieldUse.Filled))
            {
                report.At(value, $"the ARN of {types[0].InWords} has a region: without one `{value.Value}` matches nothing", "write the region in the fourth field, or `*`");
            }
            else if (arn.Region.Length > 0 && !Glob.HasWildcard(arn.Region) && !IsRegion(arn.Region))
            {
                report.At(value, $"`{arn.Region}` is no region", "a region is written like `eu-west-1`");
            }
        }
    }

    private static bool IsRegion(string text) =>
        text.Count(c => c == '-') >= 2 && char.IsAsciiDigit(text[^1]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
