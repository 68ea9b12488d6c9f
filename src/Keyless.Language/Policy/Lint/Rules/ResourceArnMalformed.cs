using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Lint.Patterns;

namespace Keyless.Language.Policy.Lint.Rules;

/// <summary>A resource that is no ARN.</summary>
internal sealed class ResourceArnMalformed : Rule
{
    public override Check Check { get; } = new("resource-arn-malformed", Severity.Error, "a resource that is no ARN")
    {
        Why = "A resource is `*` or an ARN of six fields. IAM refuses anything else.",
        Bad = Example.Statement("""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "acme-site" }"""),
        Good = Example.Statement("""{ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme-site" }"""),
        Source = Pages.Arn,
    };

    public override void Inspect(LintedPolicy policy, Report report)
    {
        foreach (var value in policy.Statements.SelectMany(s => s.Resource?.Patterns ?? []))
        {
            var text = value.Value;
            if (Glob.IsFree(text) || text.Contains("${", StringComparison.Ordinal))
            {
                continue;
            }

            var fields = text.Split(':');
            if (fields[0] != "arn")
            {
                var bucket = fields.Length == 1 && text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '/' or '*');
                report.At(value, fields[0].Equals("arn", StringComparison.OrdinalIgnoreCase) ? $"`{fields[0]}` is written in lower case" : $"`{text}` is neither an ARN nor `*`",
                    bucket ? $"a bucket is `arn:aws:s3:::{text}`" : "write `arn:partition:service:region:account:resource`");
            }
            else if (ResourceShortArn.IsShort(fields))
            {
                continue;
            }
            else if (!ArnText.TryParse(text, out var arn) || arn.Service.Length == 0 || arn.Resource.Length == 0)
            {
                report.At(value, $"`{text}` has {(fields.Length < 6 ? $"{fields.Length} fields, an ARN has six" : "an empty service or resource")}",
                    text.StartsWith("arn:aws:s3", StringComparison.Ordinal) && fields.Length < 6 ? $"a bucket has neither region nor account: `arn:aws:s3:::{fields[^1]}`" : "write `arn:partition:service:region:account:resource`",
                    text.StartsWith("arn:aws:s3:", StringComparison.Ordinal) && fields.Length is 4 or 5 && fields[^1].Length > 0 ? $"arn:aws:s3:::{fields[^1]}" : null);
            }
            else if (Glob.HasWildcard(arn.Service) && !Glob.IsFree(arn.Service))
            {
                report.At(value, $"the service `{arn.Service}` holds a wildcard: IAM refuses it", "name the service");
            }
            else if (arn.Service.Any(char.IsAsciiLetterUpper))
            {
                report.At(value, $"the service `{arn.Service}` is written in lower case", $"write `{arn with { Service = arn.Service.ToLowerInvariant() }}`", (arn with { Service = arn.Service.ToLowerInvariant() }).ToString());
            }
        }
    }
}
