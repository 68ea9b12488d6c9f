using System.Text.RegularExpressions;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Parse;

/// <summary>What AWS answers to a document it refuses.</summary>
/// <param name="Code"><c>MalformedPolicyDocument</c> (400) or <c>LimitExceeded</c> (409).</param>
public sealed record PolicyRefusal(string Code, string Message);

/// <summary>
/// Whether IAM and STS take a policy, with their texts for the wire; <see cref="PolicyParser"/> has the better ones. The order of the
/// checks is the recorded one: 1. JSON, 2. grammar, 3. version, 4. what the older parser refuses, 5. Sids, 6. missing elements,
/// 7. resources, 8. actions; for trust policies 9. principals, 10. actions, 11. the controls for shared identity providers; 12. size.
/// </summary>
public static partial class IamVerdict
{
    private const string Syntax = "Syntax errors in policy.";
    private const string Legacy = "The policy failed legacy parsing";

    private static readonly string[] Partitions = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"];

    private static readonly string[] IamResources =
    [
        "user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/", "sms-mfa/", "saml-provider/",
        "oidc-provider/", "report/", "access-report/",
    ];

    /// <summary>Kinds of S3 resources that live in a region; buckets and objects do not.</summary>
    private static readonly string[] RegionalS3Resources = ["accesspoint/", "accesspoint:", "job/", "storage-lens", "access-grants", "async-request/", "*"];

    private static readonly string[] TrustActions =
        ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];

    private static readonly string[] ProhibitedInTrust = ["Resource", "NotResource", "NotPrincipal"];

    /// <summary>Null when the document is accepted.</summary>
    /// <param name="managed">A managed policy, which must be of the newer version.</param>
    public static PolicyRefusal? Of(string document, PolicyKind kind, bool managed = false) =>
        (TextOf(document, kind, managed) is { } text ? new PolicyRefusal("MalformedPolicyDocument", text) : null) ?? TooLong(document, kind, managed);

    private static string? TextOf(string document, PolicyKind kind, bool managed)
    {
        // 1.
        var read = JsonReader.Read(new SourceText("policy", document));
        if (read.Root is not MappingNode root || read.Diagnostics.Any(d => d.Id != "json-duplicate-key"))
        {
            return kind is PolicyKind.Identity or PolicyKind.Boundary ? Syntax : "This policy contains invalid Json";
        }

        // 2. (What has no place in the kind of policy has a text of its own.)
        var parsed = PolicyParser.Parse(root, kind);
        if (!PolicySize.HasOnlyAllowedCharacters(document) || parsed.Diagnostics.Any(IsSyntax) || HasUnknownOperator(root))
        {
            return Syntax;
        }

        var statements = Statements(root).ToList();
        var policy = parsed.Partial!;

        // 3.
        if (managed && policy.Version != PolicyVersion.V20121017)
        {
            return "Policy document must be version 2012-10-17 or greater.";
        }

        return FailsLegacyParsing(statements, policy) ? Legacy
            : kind == PolicyKind.Trust ? TrustText(statements, policy)
            : PermissionsText(statements, policy, kind);
    }

    private static string? PermissionsText(List<MappingNode> statements, PolicyDocument policy, PolicyKind kind)
    {
        // 5.
        var sids = policy.Statements.Select(s => s.Sid?.Value).Where(s => !string.IsNullOrEmpty(s)).ToList();
        if (sids.Distinct(StringComparer.Ordinal).Count() != sids.Count)
        {
            return "Statement IDs (SID) in a single policy must be unique.";
        }

        if (sids.Any(s => !AlphaNumeric().IsMatch(s!)))
        {
            return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";
        }

        // 6.
        var named = statements.Count(s => s["Principal"] is not null || s["NotPrincipal"] is not null);
        if (named > 0 && kind is (PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session or PolicyKind.ServiceControl))
        {
            return "Policy document should not specify a principal.";
        }

        if (named < statements.Count && kind is (PolicyKind.Resource or PolicyKind.ResourceControl))
        {
            return "Missing required field Principal";
        }

        if (statements.Any(s => IsMissing(s, "Action")))
        {
            return "Policy statement must contain actions.";
        }

        if (statements.Any(s => IsMissing(s, "Resource")))
        {
            return "Policy statement must contain resources.";
        }

        // 7. and 8.
        return policy.Statements.SelectMany(s => s.Resource?.Patterns ?? []).Select(r => ResourceText(r.Value)).FirstOrDefault(t => t is not null)
            ?? policy.Statements.SelectMany(s => s.Action.Patterns).Select(a => ActionText(a.Value)).FirstOrDefault(t => t is not null);
    }

    private static string? TrustText(List<MappingNode> statements, PolicyDocument policy)
    {
        foreach (var (statement, node) in policy.Statements.Select(s => (s, statements[s.Index])))
        {
            if (ProhibitedInTrust.FirstOrDefault(name => node[name] is not null) is { } prohibited)
            {
                return $"Has prohibited field {prohibited}";
            }

            if (node["Principal"] is null)
            {
                return "Missing required field Principal";
            }

            // 9.
            if (statement.Principal!.Values.Select(PrincipalText).FirstOrDefault(t => t is not null) is { } principal)
            {
                return principal;
            }
        }

        // 10.
        if (statements.Any(s => IsMissing(s, "Action")))
        {
            return "Missing required field Action";
        }

        foreach (var action in policy.Statements.SelectMany(s => s.Action.Patterns).Select(p => p.Value))
        {
            if (ActionText(action) is { } text)
            {
                return text;
            }

            if (!TrustActions.Contains(action, StringComparer.Ordinal))
            {
                return "AssumeRole policy may only specify STS AssumeRole actions.";
            }
        }

        // 11.
        return SharedIssuers.Refusal(policy);
    }

    /// <summary>Problems that IAM calls syntax; the others have texts of their own or are accepted.</summary>
    private static bool IsSyntax(Diagnostic problem) => problem.Severity == Severity.Error && problem.Id switch
    {
        "action-missing" or "resource-missing" or "principal-missing" or "principal-not-allowed" or "trust-resource-element" => false,
        "effect-invalid" => !(problem.Source[problem.Span].Trim('"').ToUpperInvariant() is "ALLOW" or "DENY"),
        _ => true,
    };

    /// <summary>An unknown operator is refused when it tests something; an empty block of one was accepted when recorded.</summary>
    private static bool HasUnknownOperator(MappingNode root) =>
        Statements(root).Select(s => s["Condition"]).OfType<MappingNode>().SelectMany(c => c.Members)
            .Any(op => op.Value is MappingNode { Members.IsEmpty: false } && ConditionOperators.Find(op.Name) is null);

    /// <summary>4. Effects in another case, dates, and ARNs cut short.</summary>
    private static bool FailsLegacyParsing(List<MappingNode> statements, PolicyDocument policy) =>
        statements.Any(s => s["Effect"] is not ScalarNode { Text: "Allow" or "Deny" })
        || statements.SelectMany(DateValues).Any(v => !IamDate.IsStorable(v))
        || policy.Statements.SelectMany(s => s.Resource?.Patterns ?? []).Any(r => IsCutShort(r.Value));

    private static IEnumerable<string> DateValues(MappingNode statement) =>
        from op in (statement["Condition"] as MappingNode)?.Members ?? []
        where ConditionOperators.Find(op.Name) is { Operator.Family: OperatorFamily.Date }
        from key in ((MappingNode)op.Value).Members
        from value in key.Value is SequenceNode list ? list.Items : [key.Value]
        where value is ScalarNode
        select ((ScalarNode)value).Text;

    private static bool IsCutShort(string resource)
    {
        var fields = resource.Split(':');
        return fields.Length >= 3 && fields[0] == "arn" && Partitions.Contains(fields[1], StringComparer.Ordinal) && (fields[2].Length == 0 || (fields.Length < 6 && resource.Contains("::", StringComparison.Ordinal)));
    }

    private static string? ResourceText(string resource)
    {
        if (resource == "*")
        {
            return null;
        }

        var fields = resource.Split(':', 6);
        if (fields.Length < 2)
        {
            return $"Resource {resource} must be in ARN format or \"*\".";
        }

        string Field(int index) => index < fields.Length ? fields[index] : "*";
        if (!Partitions.Contains(fields[1], StringComparer.Ordinal))
        {
            return $"Partition \"{fields[1]}\" is not valid for resource \"arn:{fields[1]}:{Field(2)}:{Field(3)}:{Field(4)}:{Field(5)}\".";
        }

        if (fields[0] != "arn")
        {
            return $"Resource {resource} must be in ARN format or \"*\".";
        }

        if (fields.Length < 3 || fields[2].AsSpan().ContainsAny('*', '?'))
        {
            return "Resource vendor must be fully qualified and cannot contain regexes.";
        }

        return fields[2] switch
        {
            "s3" when Field(3).Length > 0 && !RegionalS3Resources.Any(r => Field(5).StartsWith(r, StringComparison.Ordinal)) => $"Resource {resource} can not contain region information.",
            "iam" when Field(3).Length > 0 => $"IAM resource {resource} cannot contain region information.",
            "iam" when Field(5) is not ("*" or "root") && !IamResources.Any(r => Field(5).StartsWith(r, StringComparison.Ordinal)) =>
                $"IAM resource path must either be \"*\", root, or start with {string.Join(", ", IamResources)}.",
            _ => null,
        };
    }

    private static string? ActionText(string action)
    {
        if (action == "*")
        {
            return null;
        }

        return action.Split(':') switch
        {
            [_] => "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            [var vendor, _] => Vendor().IsMatch(vendor) ? null : $"Vendor {vendor} is not valid",
            _ => "Actions/Condition can contain only one colon.",
        };
    }

    private static string? PrincipalText(PrincipalValue value) => value.Type switch
    {
        PrincipalType.Everyone => "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".",
        PrincipalType.Aws when !IsAwsPrincipal(value.Text) => $"Invalid principal in policy: \"AWS\":\"{value.Text}\"",
        PrincipalType.Service when !ServiceHost().IsMatch(value.Text) => $"Invalid principal in policy: \"SERVICE\":\"{value.Text}\"",
        PrincipalType.Federated when !IsFederatedPrincipal(value.Text) => "Federated principals must be valid domain names or SAML metadata ARNs",
        PrincipalType.CanonicalUser => $"Invalid principal in policy: \"CANONICAL\":\"{value.Text}\"",
        _ => null,
    };

    private static bool IsAwsPrincipal(string text) =>
        text == "*" || Arn.IsAccountId(text) || UniqueId().IsMatch(text)
        || (Arn.TryParse(text, out var arn) && Arn.IsAccountId(arn.Account) && arn.Region.IsEmpty && Partitions.Contains(arn.Partition.ToString(), StringComparer.Ordinal)
            && !text.AsSpan().ContainsAny('*', '?')
            && (arn.Service is "iam"
                ? arn.Resource is "root" || ((arn.Resource.StartsWith("user/") || arn.Resource.StartsWith("role/")) && !arn.Resource.EndsWith("/"))
                : arn.Service is "sts" && (arn.Resource.StartsWith("assumed-role/") || arn.Resource.StartsWith("federated-user/"))));

    private static bool IsFederatedPrincipal(string text) =>
        DomainName().IsMatch(text)
        || (Arn.TryParse(text, out var arn) && arn.Service is "iam" && arn.Region.IsEmpty && Arn.IsAccountId(arn.Account)
            && (arn.Resource.StartsWith("oidc-provider/") || arn.Resource.StartsWith("saml-provider/")) && !arn.Resource.EndsWith("/"));

    /// <summary>12. One document against the limit of its kind; sums over an entity, and packed session policies, are for whoever keeps them.</summary>
    private static PolicyRefusal? TooLong(string document, PolicyKind kind, bool managed)
    {
        var (limit, countsBlanks) = PolicySize.LimitOf(kind, managed);
        if ((countsBlanks ? document.Length : PolicySize.Of(document)) <= limit)
        {
            return null;
        }

        return kind switch
        {
            PolicyKind.Trust => new PolicyRefusal("LimitExceeded", $"Cannot exceed quota for ACLSizePerRole: {limit}"),
            _ when managed => new PolicyRefusal("LimitExceeded", $"Cannot exceed quota for PolicySize: {limit}"),
            _ => null,
        };
    }

    private static IEnumerable<MappingNode> Statements(MappingNode root) => root["Statement"] switch
    {
        MappingNode one => [one],
        SequenceNode list => list.Items.OfType<MappingNode>(),
        _ => [],
    };

    private static bool IsMissing(MappingNode statement, string element) =>
        (statement[element] ?? statement["Not" + element]) is null or SequenceNode { Items.IsEmpty: true };

    /// <summary>The message speaks of letters and digits; an underscore was taken when recorded.</summary>
    [GeneratedRegex("^[0-9A-Za-z_]*$")]
    private static partial Regex AlphaNumeric();

    [GeneratedRegex("^[0-9A-Za-z.-]+$")]
    private static partial Regex Vendor();

    [GeneratedRegex(@"^(\*|[a-z0-9-]+)(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|c2s\.ic\.gov|sc2s\.sgov\.gov|alexa\.amazon\.com)$")]
    private static partial Regex ServiceHost();

    [GeneratedRegex(@"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
    private static partial Regex DomainName();

    [GeneratedRegex("^A(IDA|ROA)[A-Z0-9]{12,}$")]
    private static partial Regex UniqueId();
}
