using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;
using Keyless.Language.Policy.Parse;
using Keyless.Server.Aws;
using Keyless.Server.Storage;

namespace Keyless.Server.S3;

/// <summary>
/// A bucket policy: the text as it was put, what it says, and whether it is public. S3 User Guide, "Bucket policies" and "The meaning
/// of public".
/// </summary>
public sealed partial record BucketPolicy(string Text, PolicyDocument Document, bool IsPublic)
{
    private const string NoJson = "Policies must be valid JSON and the first byte must be '{'";

    /// <summary>20 KB.</summary>
    public const int MaxSize = 20 << 10;

    // Keys whose fixed value keeps a statement for everyone from being public.
    private static readonly HashSet<string> LimitingKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:SourceIp", "aws:SourceArn", "aws:SourceVpc",
        "aws:SourceVpce", "aws:SourceOwner", "aws:SourceAccount", "aws:userid", "aws:VpcSourceIp", "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:DataAccessPointArn", "s3:DataAccessPointAccount",
    };

    private static readonly HashSet<string> ComparingOperators = new(StringComparer.OrdinalIgnoreCase)
    {
        "StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress",
        "ForAnyValue:StringEquals", "ForAnyValue:StringLike", "ForAnyValue:ArnEquals", "ForAnyValue:ArnLike",
    };

    /// <summary>The policy that counts for a caller: none when the bucket's is public and restricted to the owner's account.</summary>
    public static PolicyDocument? For(Bucket bucket, Caller caller) =>
        bucket.Policy is not { } policy || (IsRestricted(bucket) && caller.Account != bucket.Account) ? null : policy.Document;

    /// <summary>Whether Block Public Access keeps the bucket's policy from those outside the account.</summary>
    public static bool IsRestricted(Bucket bucket) =>
        bucket is { Policy.IsPublic: true, PublicAccessBlock.RestrictPublicBuckets: true };

    /// <summary>The owner's root may always replace or delete the policy, lest a bad one lock everybody out.</summary>
    internal static Permission NeedsToChange(S3Request request, string action) =>
        request.Caller is Caller.Root root && root.AccountId == request.Bucket.Account
            ? request.OnBucket(action) with { ResourcePolicy = null }
            : request.OnBucket(action);

    /// <summary>Reads a policy for a bucket and makes AWS's checks in AWS's order; the reason names the place.</summary>
    public static Parsed<BucketPolicy> Parse(ReadOnlySpan<byte> json, string bucket)
    {
        if (json.Length > MaxSize)
        {
            return S3Errors.PolicyTooLarge(json.Length);
        }

        if (json.IsEmpty || json[0] != (byte)'{')
        {
            return S3Errors.MalformedPolicy(NoJson, json.IsEmpty ? "the body is empty, where a policy belongs" : $"the policy does not begin with `{{`, but with `{(char)json[0]}`", "send the JSON of the policy itself, not the name of a file: `--policy file://policy.json`");
        }

        var source = new SourceText("policy", Encoding.UTF8.GetString(json));
        var result = PolicyParser.ParseJson(source, PolicyKind.Resource);
        if (result.Partial is null || result.Diagnostics.Any(d => d.Id == "json-syntax"))
        {
            return NotJson(result);
        }

        if (result.Policy is not { } document)
        {
            return Malformed(Fault(result), result.Diagnostics.FirstOrDefault(d => d.Severity == Severity.Error));
        }

        foreach (var statement in document.Statements)
        {
            if (StatementFault(statement, bucket) is { } fault)
            {
                return fault;
            }
        }

        return new BucketPolicy(source.Text, document, AllowsPublic(document));
    }

    /// <summary>AWS's sentence for the first structural problem.</summary>
    private static string Fault(PolicyParseResult result)
    {
        var partial = result.Partial!;
        if (partial.Statements.IsEmpty && !result.Diagnostics.Any(d => d.Path?.StartsWith("$.Statement[", StringComparison.Ordinal) == true))
        {
            return "Missing required field Statement";
        }

        foreach (var statement in partial.Statements)
        {
            if (statement.Principal is null)
            {
                return "Missing required field Principal";
            }

            if (statement.Action.Patterns.IsEmpty)
            {
                return "Missing required field Action";
            }

            if (statement.Resource is null)
            {
                return "Missing required field Resource";
            }
        }

        return "Policy has invalid syntax: " + result.Diagnostics.First(d => d.Severity == Severity.Error).Message.Replace('`', '\'');
    }

    private static AwsError? StatementFault(Statement statement, string bucket)
    {
        var place = statement.Sid is { Value.Length: > 0 } sid ? $"statement `{sid.Value}`" : $"statement {statement.Index + 1}";
        foreach (var principal in statement.Principal!.Values)
        {
            if (!IsPrincipal(principal))
            {
                return S3Errors.MalformedPolicy(
                    "Invalid principal in policy", $"{place}: `{principal.Text}` is no principal",
                    "write the 12 digits of an account, `arn:aws:iam::ACCOUNT:role/NAME`, `...:user/NAME`, or `*`")
                    .With("Detail", $"\"AWS\" : \"{principal.Text}\"");
            }
        }

        var (objects, buckets) = (false, false);
        foreach (var resource in statement.Resource!.Patterns)
        {
            if (!IsResourceOf(bucket, resource.Value))
            {
                return S3Errors.MalformedPolicy(
                    "Policy has invalid resource",
                    $"{place}: the resource `{resource.Value}` is not of this bucket, `{bucket}`",
                    $"write `arn:aws:s3:::{bucket}`, or something below `arn:aws:s3:::{bucket}/`")
                    .With("Detail", resource.Value);
            }

            var name = resource.Value["arn:aws:s3:::".Length..];
            objects |= name.Contains('/', StringComparison.Ordinal) || name.Contains('*', StringComparison.Ordinal);
            buckets |= !name.Contains('/', StringComparison.Ordinal);
        }

        foreach (var action in statement.Action.Patterns)
        {
            var about = S3Actions.About(action.Value);
            if (about is (false, false))
            {
                return S3Errors.MalformedPolicy("Policy has invalid action", $"{place}: `{action.Value}` matches no action of S3",
                    Suggest.Nearest(action.Value, S3Actions.Names) is { } near ? $"did you mean `{near}`?" : "write `s3:` and the name of an operation: `s3:GetObject`").With("Detail", action.Value);
            }

            if (!statement.Action.Negated && !statement.Resource.Negated && !((about.Objects && objects) || (about.Buckets && buckets)))
            {
                return S3Errors.MalformedPolicy(
                    "Action does not apply to any resource(s) in statement",
                    about.Objects
                        ? $"{place}: `{action.Value}` is about objects, and the statement's resource is the bucket"
                        : $"{place}: `{action.Value}` is about the bucket itself, and the statement's resources are objects",
                    $"add the resource `arn:aws:s3:::{bucket}{(about.Objects ? "/*" : "")}`");
            }
        }

        return null;
    }

    private static bool IsPrincipal(PrincipalValue principal) => principal.Type switch
    {
        PrincipalType.Everyone => true,
        PrincipalType.Aws => principal.Text == "*" || AwsPrincipal().IsMatch(principal.Text),
        PrincipalType.Service => principal.Text.EndsWith(".amazonaws.com", StringComparison.Ordinal),
        PrincipalType.CanonicalUser => CanonicalUser().IsMatch(principal.Text),
        PrincipalType.Federated => principal.Text.Length > 0,
        _ => false,
    };

    /// <summary>A pattern that names the bucket itself or something in it, though perhaps with wildcards behind the bucket's name.</summary>
    private static bool IsResourceOf(string bucket, string resource)
    {
        var arn = "arn:aws:s3:::" + bucket;
        return resource == arn
            || resource.StartsWith(arn + "/", StringComparison.Ordinal)
            || (resource.StartsWith(arn, StringComparison.Ordinal) && resource[arn.Length] is '*' or '?');
    }

    private static bool AllowsPublic(PolicyDocument document) =>
        document.Statements.Any(statement => statement.Effect.Value == Effect.Allow && IsForEveryone(statement.Principal!) && !statement.Conditions.Any(Limits));

    private static bool IsForEveryone(PrincipalElement principal) =>
        principal.Negated || principal.Values.Any(value => value.Type == PrincipalType.Everyone || value.Text == "*");

    private static bool Limits(Condition condition) =>
        ComparingOperators.Contains(condition.Operator.Value)
        && LimitingKeys.Contains(condition.Key.Value)
        && !condition.Values.IsEmpty
        && condition.Values.All(value => IsFixed(condition.Key.Value, value.Value));

    /// <summary>No wildcard, no variable; for addresses, no range wider than /8 or /32; for user ids, not every session of a role.</summary>
    private static bool IsFixed(string key, string value)
    {
        if (key.Equals("aws:SourceIp", StringComparison.OrdinalIgnoreCase) || key.Equals("aws:VpcSourceIp", StringComparison.OrdinalIgnoreCase))
        {
            var slash = value.IndexOf('/', StringComparison.Ordinal);
            return IPAddress.TryParse(slash < 0 ? value : value[..slash], out var address)
                && (slash < 0
                    || (int.TryParse(value.AsSpan(slash + 1), out var bits)
                        && bits >= (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 8 : 32)));
        }

        return value.AsSpan().IndexOfAny('*', '?') < 0 && !value.Contains("${", StringComparison.Ordinal);
    }

    private static AwsError NotJson(PolicyParseResult result) => Malformed(
        NoJson, result.Diagnostics.FirstOrDefault(d => d.Id.StartsWith("json-", StringComparison.Ordinal)) ?? result.Diagnostics.FirstOrDefault(d => d.Severity == Severity.Error));

    private static AwsError Malformed(string message, Diagnostic? first) => S3Errors.MalformedPolicy(
        message, first is null ? null : $"line {first.Start.Line}, column {first.Start.Column} of the policy: {first.Message}", first?.Help);

    [GeneratedRegex(@"^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:(root|(user|role)/[\w+=,.@/-]+)|arn:aws[a-z-]*:sts::\d{12}:(assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+)|arn:aws[a-z-]*:iam::cloudfront:user/.+|A(ROA|IDA)[A-Z0-9]{16,})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex AwsPrincipal();

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex CanonicalUser();
}
