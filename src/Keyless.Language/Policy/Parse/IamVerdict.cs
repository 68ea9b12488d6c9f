using System.Text.RegularExpressions;
using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Conditions;
using Keyless.Language.Policy.Document;
using Keyless.Language.Tree;

namespace Keyless.Language.Policy.Parse;

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
        FaultOf(document, kind, managed) is { } fault ? new PolicyRefusal("MalformedPolicyDocument", fault.Text, fault.Cause, fault.Help) : TooLong(document, kind, managed);

    private static PolicyFault? FaultOf(string document, PolicyKind kind, bool managed)
    {
        // 1.
        var read = JsonReader.Read(new SourceText("policy", document));
        if (read.Root is not MappingNode root || read.Diagnostics.Any(d => d.Id != "json-duplicate-key"))
        {
            return Found(
                kind is PolicyKind.Identity or PolicyKind.Boundary ? Syntax : "This policy contains invalid Json",
                read.Diagnostics.FirstOrDefault(d => d.Id != "json-duplicate-key"), "the document is no JSON object");
        }

        // 2. (What has no place in the kind of policy has a text of its own.)
        var parsed = PolicyParser.Parse(root, kind);
        if (SyntaxFault(document, root, parsed) is { } syntax)
        {
            return syntax;
        }

        var statements = Statements(root).ToList();
        var policy = parsed.Partial!;

        // 3.
        if (managed && policy.Version != PolicyVersion.V20121017)
        {
            return new PolicyFault(
                "Policy document must be version 2012-10-17 or greater.",
                $"the document has {(policy.VersionElement is { } version ? $"the `Version` `{version.Value}`" : "no `Version`")}, and a managed policy must have `2012-10-17`",
                "write `\"Version\": \"2012-10-17\"`");
        }

        return LegacyFault(statements, policy) ?? (kind == PolicyKind.Trust ? TrustFault(statements, policy) : PermissionsFault(statements, policy, kind));
    }

    private static PolicyFault Found(string text, Diagnostic? problem, string otherwise) => new(
        text, problem is null ? otherwise : $"line {problem.Start.Line}, column {problem.Start.Column}: {problem.Message}", problem?.Help);

    /// <summary>What the grammar does not have: wrong characters, elements, types, and operators.</summary>
    private static PolicyFault? SyntaxFault(string document, MappingNode root, PolicyParseResult parsed)
    {
        if (!PolicySize.HasOnlyAllowedCharacters(document))
        {
            var odd = document.First(c => !PolicySize.HasOnlyAllowedCharacters(c.ToString()));
            return new PolicyFault(Syntax, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"the document has the character U+{(int)odd:X4}, and policies have those of Latin-1 only"), "replace it, in quotation marks and dashes above all");
        }

        if (parsed.Diagnostics.FirstOrDefault(IsSyntax) is { } problem)
        {
            return Found(Syntax, problem, "");
        }

        return UnknownOperator(root) is { } name
            ? new PolicyFault(Syntax, $"there is no condition operator `{name}`", ConditionOperators.Nearest(name) is { } near ? $"write `{near}`" : "operators are listed in IAM's \"Condition operators\"")
            : null;
    }

    private static PolicyFault? PermissionsFault(List<MappingNode> statements, PolicyDocument policy, PolicyKind kind)
    {
        // 5.
        var sids = policy.Statements.Select(s => s.Sid?.Value).Where(s => !string.IsNullOrEmpty(s)).ToList();
        if (sids.GroupBy(s => s, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            return new PolicyFault("Statement IDs (SID) in a single policy must be unique.", $"{twice.Count()} statements have the Sid `{twice.Key}`", "give each its own, or leave the Sid out");
        }

        if (sids.Find(s => !AlphaNumeric().IsMatch(s!)) is { } bad)
        {
            var meant = new string([.. bad.Where(char.IsAsciiLetterOrDigit)]);
            return new PolicyFault(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
                $"the Sid `{bad}` has the character `{bad.First(c => !AlphaNumeric().IsMatch(c.ToString()))}`, and a Sid has letters and digits only",
                meant.Length == 0 ? "leave the Sid out" : $"write `{meant}`");
        }

        // 6.
        if (statements.FindIndex(s => s["Principal"] is not null || s["NotPrincipal"] is not null) is >= 0 and var named
            && kind is (PolicyKind.Identity or PolicyKind.Boundary or PolicyKind.Session or PolicyKind.ServiceControl))
        {
            return new PolicyFault(
                "Policy document should not specify a principal.",
                $"{Label(policy, named)} has a `{(statements[named]["Principal"] is null ? "NotPrincipal" : "Principal")}`, and here the principal is whoever has the policy",
                "take it out; who may assume a role stands in its trust policy, who may use a bucket in the bucket's policy");
        }

        if (statements.FindIndex(s => s["Principal"] is null && s["NotPrincipal"] is null) is >= 0 and var unnamed && kind is (PolicyKind.Resource or PolicyKind.ResourceControl))
        {
            return new PolicyFault("Missing required field Principal", $"{Label(policy, unnamed)} has no `Principal`", "say whom it is about: `\"Principal\": { \"AWS\": \"arn:aws:iam::ACCOUNT:role/NAME\" }`");
        }

        if (Lacking(statements, policy, "Action", "Policy statement must contain actions.", "add `\"Action\": \"service:Name\"`") is { } inactive)
        {
            return inactive;
        }

        if (Lacking(statements, policy, "Resource", "Policy statement must contain resources.", "add `\"Resource\"` with the ARNs it is about, or `\"*\"`") is { } aboutNothing)
        {
            return aboutNothing;
        }

        // 7. and 8.
        return policy.Statements.SelectMany(s => (s.Resource?.Patterns ?? []).Select(r => ResourceFault(Label(policy, s.Index), r.Value))).FirstOrDefault(f => f is not null)
            ?? policy.Statements.SelectMany(s => s.Action.Patterns.Select(a => ActionFault(Label(policy, s.Index), a.Value))).FirstOrDefault(f => f is not null);
    }

    private static PolicyFault? TrustFault(List<MappingNode> statements, PolicyDocument policy)
    {
        foreach (var (statement, node) in policy.Statements.Select(s => (s, statements[s.Index])))
        {
            if (ProhibitedInTrust.FirstOrDefault(name => node[name] is not null) is { } prohibited)
            {
                return new PolicyFault(
                    $"Has prohibited field {prohibited}",
                    $"{Label(policy, statement.Index)} of the trust policy has a `{prohibited}`, which a trust policy has not: {(prohibited == "NotPrincipal" ? "it names whom it trusts" : "its resource is the role itself")}",
                    prohibited == "NotPrincipal" ? "name those who may assume the role under `Principal`" : $"take `{prohibited}` out");
            }

            if (node["Principal"] is null)
            {
                return new PolicyFault(
                    "Missing required field Principal", $"{Label(policy, statement.Index)} of the trust policy has no `Principal`: it does not say whom the role trusts",
                    "add one: `\"Principal\": { \"Federated\": \"arn:aws:iam::ACCOUNT:oidc-provider/HOST\" }`, or `{ \"AWS\": ... }`");
            }

            // 9.
            if (statement.Principal!.Values.Select(value => PrincipalFault(Label(policy, statement.Index), value)).FirstOrDefault(f => f is not null) is { } principal)
            {
                return principal;
            }
        }

        // 10.
        if (Lacking(statements, policy, "Action", "Missing required field Action", "add `\"Action\": \"sts:AssumeRoleWithWebIdentity\"`, or `sts:AssumeRole` for callers with credentials") is { } inactive)
        {
            return inactive;
        }

        foreach (var (statement, action) in policy.Statements.SelectMany(s => s.Action.Patterns.Select(p => (s, p.Value))))
        {
            if (ActionFault(Label(policy, statement.Index), action) is { } fault)
            {
                return fault;
            }

            if (!TrustActions.Contains(action, StringComparer.Ordinal))
            {
                return new PolicyFault(
                    "AssumeRole policy may only specify STS AssumeRole actions.",
                    $"{Label(policy, statement.Index)} of the trust policy has the action `{action}`, and a trust policy is only about assuming the role",
                    Suggest.Nearest(action, TrustActions) is { } near ? $"write `{near}`" : $"put it into a permissions policy; here it is one of {string.Join(", ", TrustActions.Select(a => $"`{a}`"))}");
            }
        }

        // 11.
        return SharedIssuers.Fault(policy);
    }

    private static PolicyFault? Lacking(List<MappingNode> statements, PolicyDocument policy, string element, string text, string help)
    {
        var index = statements.FindIndex(s => IsMissing(s, element));
        return index < 0 ? null
            : new PolicyFault(text, $"{Label(policy, index)} has {(statements[index][element] ?? statements[index]["Not" + element]) switch { null => $"no `{element}`", _ => $"an empty `{element}`" }}", help);
    }

    /// <summary>How causes call a statement: by its Sid, else by its number.</summary>
    internal static string Label(PolicyDocument policy, int index) =>
        policy.Statements.FirstOrDefault(s => s.Index == index)?.Sid is { Value.Length: > 0 } sid ? $"statement `{sid.Value}`" : $"statement {index + 1}";

    /// <summary>Problems that IAM calls syntax; the others have texts of their own or are accepted.</summary>
    private static bool IsSyntax(Diagnostic problem) => problem.Severity == Severity.Error && problem.Id switch
    {
        "action-missing" or "resource-missing" or "principal-missing" or "principal-not-allowed" or "trust-resource-element" => false,
        "effect-invalid" => !(problem.Source[problem.Span].Trim('"').ToUpperInvariant() is "ALLOW" or "DENY"),
        _ => true,
    };

    /// <summary>An unknown operator is refused when it tests something; an empty block of one was accepted when recorded.</summary>
    private static string? UnknownOperator(MappingNode root) =>
        Statements(root).Select(s => s["Condition"]).OfType<MappingNode>().SelectMany(c => c.Members)
            .Where(op => op.Value is MappingNode { Members.IsEmpty: false } && ConditionOperators.Find(op.Name) is null)
            .Select(op => op.Name).FirstOrDefault();

    /// <summary>4. Effects in another case, dates, and ARNs cut short.</summary>
    private static PolicyFault? LegacyFault(List<MappingNode> statements, PolicyDocument policy)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            if (statements[i]["Effect"] is not ScalarNode { Text: "Allow" or "Deny" })
            {
                var effect = (statements[i]["Effect"] as ScalarNode)?.Text;
                return new PolicyFault(
                    Legacy, $"{Label(policy, i)} has the `Effect` `{effect}`, which is written `Allow` or `Deny`",
                    $"write `{(effect is ['d' or 'D', ..] ? "Deny" : "Allow")}`");
            }
        }

        if (statements.SelectMany(DateValues).FirstOrDefault(v => !IamDate.IsStorable(v)) is { } date)
        {
            return new PolicyFault(Legacy, $"`{date}` under a date operator is no date", "write a date-time such as `2026-01-31T12:00:00Z`");
        }

        return policy.Statements.SelectMany(s => (s.Resource?.Patterns ?? []).Select(r => (s.Index, r.Value))).FirstOrDefault(r => IsCutShort(r.Value)) is { Value: { } cut } found
            ? new PolicyFault(
                Legacy, $"{Label(policy, found.Index)} has the resource `{cut}`, an ARN cut short: it has {cut.Split(':').Length} fields of 6, or no service",
                "write `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`; of S3 `arn:aws:s3:::BUCKET/KEY`")
            : null;
    }

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

    private static PolicyFault? ResourceFault(string statement, string resource)
    {
        if (resource == "*")
        {
            return null;
        }

        var fields = resource.Split(':', 6);
        PolicyFault Fault(string text, string wrong, string help) => new(text, $"{statement} has the resource `{resource}`, {wrong}", help);
        if (fields.Length < 2)
        {
            return Fault($"Resource {resource} must be in ARN format or \"*\".", "which is no ARN", "write an ARN, of a bucket `arn:aws:s3:::BUCKET`, of its objects `arn:aws:s3:::BUCKET/*`, or `*`");
        }

        string Field(int index) => index < fields.Length ? fields[index] : "*";
        if (!Partitions.Contains(fields[1], StringComparer.Ordinal))
        {
            return Fault(
                $"Partition \"{fields[1]}\" is not valid for resource \"arn:{fields[1]}:{Field(2)}:{Field(3)}:{Field(4)}:{Field(5)}\".",
                fields[0] == "arn" ? $"whose partition `{fields[1]}` does not exist" : "which is no ARN", "write `arn:aws:` at its beginning");
        }

        if (fields[0] != "arn")
        {
            return Fault($"Resource {resource} must be in ARN format or \"*\".", $"which begins with `{fields[0]}:`, not with `arn:`", "write `arn:aws:` at its beginning");
        }

        if (fields.Length < 3 || fields[2].AsSpan().ContainsAny('*', '?'))
        {
            return Fault(
                "Resource vendor must be fully qualified and cannot contain regexes.",
                fields.Length < 3 ? "which names no service" : $"whose service `{fields[2]}` has a wildcard", "name the service in the third field: `arn:aws:s3:::BUCKET`; every resource is `*`");
        }

        return fields[2] switch
        {
            "s3" when Field(3).Length > 0 && !RegionalS3Resources.Any(r => Field(5).StartsWith(r, StringComparison.Ordinal)) =>
                Fault($"Resource {resource} can not contain region information.", $"which has the region `{Field(3)}`, and buckets have none in their ARN", "leave region and account empty: `arn:aws:s3:::BUCKET/KEY`"),
            "iam" when Field(3).Length > 0 =>
                Fault($"IAM resource {resource} cannot contain region information.", $"which has the region `{Field(3)}`, and IAM has none", "leave the region empty: `arn:aws:iam::ACCOUNT:role/NAME`"),
            "iam" when Field(5) is not ("*" or "root") && !IamResources.Any(r => Field(5).StartsWith(r, StringComparison.Ordinal)) => Fault(
                $"IAM resource path must either be \"*\", root, or start with {string.Join(", ", IamResources)}.",
                $"and IAM has no resource that begins `{Field(5)}`",
                Suggest.Nearest(Field(5).Split('/')[0] + "/", IamResources) is { } near ? $"write `{near}NAME` in its last field" : "write `role/NAME`, `user/NAME` or `policy/NAME` in its last field"),
            _ => null,
        };
    }

    private static PolicyFault? ActionFault(string statement, string action)
    {
        if (action == "*")
        {
            return null;
        }

        PolicyFault Fault(string text, string wrong, string help) => new(text, $"{statement} has the action `{action}`, {wrong}", help);
        return action.Split(':') switch
        {
            [_] => Fault(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", "which names no service",
                TrustActions.FirstOrDefault(known => known["sts:".Length..].Equals(action, StringComparison.OrdinalIgnoreCase)) is { } meant ? $"write `{meant}`" : $"write the service before it: `s3:{action}`, `iam:{action}`"),
            [var vendor, _] => Vendor().IsMatch(vendor) ? null
                : Fault($"Vendor {vendor} is not valid", $"whose service `{vendor}` has other characters than letters, digits, `.` and `-`", "write it as `service:Name`, for example `s3:GetObject`"),
            _ => Fault("Actions/Condition can contain only one colon.", "which has several colons", "write it as `service:Name`, for example `s3:GetObject`; an ARN belongs under `Resource`"),
        };
    }

    private static PolicyFault? PrincipalFault(string statement, PrincipalValue value)
    {
        PolicyFault Fault(string text, string wrong, string help) => new(text, $"{statement} of the trust policy trusts `{value.Text}`: {wrong}", help);
        return value.Type switch
        {
            PrincipalType.Everyone => Fault(
                "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".", "a role cannot trust everyone by a bare `\"*\"`",
                "name whom it trusts: `{ \"Federated\": \"arn:aws:iam::ACCOUNT:oidc-provider/HOST\" }` or `{ \"AWS\": \"ACCOUNT\" }`"),
            PrincipalType.Aws when !IsAwsPrincipal(value.Text) => Fault($"Invalid principal in policy: \"AWS\":\"{value.Text}\"", WrongAwsPrincipal(value.Text), RightAwsPrincipal(value.Text)),
            PrincipalType.Service when !ServiceHost().IsMatch(value.Text) => Fault(
                $"Invalid principal in policy: \"SERVICE\":\"{value.Text}\"", "that is no host of a service of AWS", "write it as `ec2.amazonaws.com`"),
            PrincipalType.Federated when !IsFederatedPrincipal(value.Text) => Fault(
                "Federated principals must be valid domain names or SAML metadata ARNs",
                value.Text.Contains("://", StringComparison.Ordinal) ? "that is an issuer's URL, not the ARN of a provider" : "that is neither the ARN of a provider nor a domain name",
                $"write `arn:aws:iam::ACCOUNT:oidc-provider/{(value.Text.Contains("://", StringComparison.Ordinal) ? value.Text[(value.Text.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/') : "HOST")}`"),
            PrincipalType.CanonicalUser => Fault($"Invalid principal in policy: \"CANONICAL\":\"{value.Text}\"", "a canonical user is for buckets, not for roles", "name the account: `{ \"AWS\": \"ACCOUNT\" }`"),
            _ => null,
        };
    }

    private static string WrongAwsPrincipal(string text) =>
        !Arn.TryParse(text, out var arn)
            ? text.StartsWith("arn:", StringComparison.Ordinal) ? $"the ARN has {text.Split(':').Length} fields of 6"
                : text.All(char.IsAsciiDigit) && text.Length > 0 ? $"an account id has 12 digits, this has {text.Length}"
                : text.Contains(".amazonaws.com", StringComparison.Ordinal) ? "that is a service, not an account, user or role"
                : "that is neither an ARN nor an account id"
        : !Partitions.Contains(arn.Partition.ToString(), StringComparer.Ordinal) ? $"there is no partition `{arn.Partition}`"
        : !arn.Region.IsEmpty ? $"the ARN has the region `{arn.Region}`, and IAM has none"
        : !Arn.IsAccountId(arn.Account) ? arn.Account.IsEmpty ? "the ARN has no account" : $"`{arn.Account}` is no account id of 12 digits"
        : text.AsSpan().ContainsAny('*', '?') ? "a principal's ARN takes no wildcard"
        : arn.Resource.StartsWith("oidc-provider/") || arn.Resource.StartsWith("saml-provider/") ? "an identity provider is a `Federated` principal, not an `AWS` one"
        : arn.Resource.EndsWith("/") ? "the ARN has no name at its end"
        : "only roots, users, roles and their sessions can be trusted";

    private static string RightAwsPrincipal(string text) =>
        text.Contains(":oidc-provider/", StringComparison.Ordinal) || text.Contains(":saml-provider/", StringComparison.Ordinal) ? $"write `{{ \"Federated\": \"{text}\" }}`"
        : text.Contains(".amazonaws.com", StringComparison.Ordinal) ? $"write `{{ \"Service\": \"{text}\" }}`"
        : text.AsSpan().ContainsAny('*', '?') ? "trust the account (`arn:aws:iam::ACCOUNT:root`) with an `ArnLike` condition on `aws:PrincipalArn`"
        : "write `arn:aws:iam::ACCOUNT:role/NAME`, `...:user/NAME`, or the 12 digits of an account";

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

        var size = countsBlanks ? document.Length : PolicySize.Of(document);
        PolicyRefusal Refused(string quota, string what, string help) => new(
            "LimitExceeded", $"Cannot exceed quota for {quota}: {limit}",
            $"the {what} has {size} characters, {size - limit} more than the {limit} allowed{(countsBlanks ? "" : " (white space does not count)")}", help);
        return kind switch
        {
            PolicyKind.Trust => Refused("ACLSizePerRole", "trust policy", "join statements that differ in one value, or trust several roles' worth of callers in several roles"),
            _ when managed => Refused("PolicySize", "managed policy", "join statements that differ in one value, or split the policy into several"),
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
