using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate;

/// <summary>
/// How a caller with credentials brings a condition key, with a value that the policy takes. IAM User Guide, "AWS global condition context
/// keys"; Service Authorization Reference for the keys of IAM, STS and S3.
/// </summary>
internal static class KeySupply
{
    private const string InTheRequest = "pass it in the request: ";

    /// <summary>Null for keys that nobody can bring: what the request is, the service says.</summary>
    /// <param name="wanted">A value that the policy takes; null when any would do.</param>
    public static string? Of(AccessRequest request, string key, string? wanted)
    {
        if (request.Requester is Requester.Federated)
        {
            return null;
        }

        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var (name, tag) = slash < 0 ? (key, "") : (key[..slash], key[(slash + 1)..]);

        // A pattern is no value to copy.
        var isPattern = wanted?.AsSpan().ContainsAny('*', '?') == true;
        var value = isPattern || wanted is null ? "VALUE" : wanted;
        return Of(request, name, tag, value) is { } supply ? supply + (isPattern ? $", with a VALUE that matches `{wanted}`" : "") : null;
    }

    private static string? Of(AccessRequest request, string name, string tag, string value) =>
        name.ToLowerInvariant() switch
        {
            "aws:principaltag" => $"tag the {Tagged(request, tag, value)}",
            "aws:requesttag" when IsOfS3(request) => InTheRequest + $"the tag `{tag}` = `{value}`",
            "aws:tagkeys" when IsOfS3(request) => InTheRequest + $"a tag `{value}`",
            "aws:requesttag" => InTheRequest + $"`--tags Key={tag},Value={value}`{Besides(request, "sts:TagSession")}",
            "aws:tagkeys" => InTheRequest + $"`--tags Key={value},Value=...`{Besides(request, "sts:TagSession")}",
            "aws:resourcetag" or "iam:resourcetag" or "s3:buckettag" => $"tag the resource: `{tag}` = `{value}`",
            "aws:sourceidentity" => $"assume the role with `--source-identity {value}`: the session keeps it",
            "sts:externalid" => InTheRequest + $"`--external-id {value}`",
            "sts:sourceidentity" => InTheRequest + $"`--source-identity {value}`{Besides(request, "sts:SetSourceIdentity")}",
            "sts:rolesessionname" => InTheRequest + $"`--role-session-name {value}`",
            "sts:transitivetagkeys" => InTheRequest + $"`--transitive-tag-keys {value}`",
            "iam:permissionsboundary" => InTheRequest + $"`--permissions-boundary {value}`",
            "s3:existingobjecttag" => $"tag the object: `aws s3api put-object-tagging --tagging 'TagSet=[{{Key={tag},Value={value}}}]'`",
            "s3:requestobjecttag" => InTheRequest + $"`--tagging {tag}={value}`",
            "s3:requestobjecttagkeys" => InTheRequest + $"`--tagging {value}=...`",
            "s3:prefix" => InTheRequest + $"`--prefix {value}`",
            "s3:delimiter" => InTheRequest + $"`--delimiter {value}`",
            "s3:max-keys" => InTheRequest + $"`--max-keys {value}`",
            "s3:versionid" => InTheRequest + $"`--version-id {value}`",
            "s3:if-match" or "s3:if-none-match" => $"send the header `{name[3..]}: {value}`",
            var header when header.StartsWith("s3:x-amz-", StringComparison.Ordinal) => $"send the header `{name[3..]}: {value}`",
            "aws:useragent" => $"send the header `User-Agent: {value}`",
            "aws:referer" => $"send the header `Referer: {value}`",
            "aws:sourceip" => $"call from an address in `{value}`",
            "aws:multifactorauthpresent" or "aws:multifactorauthage" => $"call with a session made with MFA; on Keyless, which has no MFA devices, take `{name}` out of the statement",
            "aws:username" => "test `aws:PrincipalArn` instead: only users have a user name",
            "aws:federatedprovider" => "call with a session of AssumeRoleWithWebIdentity: only those have it",
            "aws:principalorgid" or "aws:principalorgpaths" => "call from an account of that organization; on Keyless no account is in one: test `aws:PrincipalAccount` there",
            "aws:sourcevpc" or "aws:sourcevpce" or "aws:vpcsourceip" => "call through that VPC's endpoint; Keyless has none: test `aws:SourceIp` there",
            "aws:sourceaccount" or "aws:sourcearn" => $"take `{name}` out of the statement: only services of AWS bring it, for whom they act",
            _ => null,
        };

    /// <summary>Tags and source identities of a session want the trust policy's consent of their own.</summary>
    private static string Besides(AccessRequest request, string action) =>
        request.Action.StartsWith("sts:AssumeRole", StringComparison.OrdinalIgnoreCase) ? $", which needs `{action}` in the role's trust policy too" : "";

    private static bool IsOfS3(AccessRequest request) => request.Action.StartsWith("s3:", StringComparison.OrdinalIgnoreCase);

    private static string Tagged(AccessRequest request, string tag, string value)
    {
        if (request.Requester is Requester.Aws { Arn: var text } && Arn.TryParse(text, out var arn))
        {
            switch (arn.Resource.ToString().Split('/'))
            {
                case ["assumed-role", var role, ..]:
                    return $"role: `aws iam tag-role --role-name {role} --tags Key={tag},Value={value}`, or assume it with `--tags Key={tag},Value={value}`";
                case ["user", .., var user]:
                    return $"user: `aws iam tag-user --user-name {user} --tags Key={tag},Value={value}`";
            }
        }

        return $"caller with `{tag}` = `{value}`";
    }
}
