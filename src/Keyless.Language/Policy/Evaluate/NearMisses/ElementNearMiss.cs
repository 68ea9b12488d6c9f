using Keyless.Language.Diagnostics;
using Keyless.Language.Policy.Document;

namespace Keyless.Language.Policy.Evaluate.NearMisses;

/// <summary>How a request just misses the principal, action or resource of a statement.</summary>
internal static class ElementNearMiss
{
    public static NearMiss? Of(AccessRequest request, Statement statement, ElementCheck check) => check.Element switch
    {
        "Principal" when statement.Principal is { } principal => principal.Values.Select(v => OfPrincipal(request.Requester, v)).FirstOrDefault(m => m is not null),
        "Action" => statement.Action.Patterns.Select(p => OfAction(request.Action, p)).FirstOrDefault(m => m is not null),
        "Resource" when statement.Resource is { } resource => resource.Patterns.Select(p => OfResource(request.Resource, p)).FirstOrDefault(m => m is not null),
        _ => null,
    };

    private static NearMiss? OfPrincipal(Requester requester, PrincipalValue value)
    {
        NearMiss Miss(string id, string message, string change) => new(id, message, change, value.Span);
        switch (requester)
        {
            case Requester.Federated { Provider: var provider }:
                if (value.Type != PrincipalType.Federated)
                {
                    return Miss("principal-not-federated", $"`{{ \"{PrincipalKey(value.Type)}\": \"{value.Text}\" }}` names no web identity: a caller with a token is a `Federated` principal", $"write `{{ \"Federated\": \"{provider}\" }}`");
                }

                return OfProvider(value.Text, provider) is var (id, message, change) ? Miss(id, message, change) : null;
            case Requester.Aws { Arn: var arn } when value.Type == PrincipalType.Aws:
                if (value.Text.Equals(arn, StringComparison.OrdinalIgnoreCase))
                {
                    return Miss("differs-in-case", $"the policy's `{value.Text}` and the caller `{arn}` differ only in case", $"write `{arn}`");
                }

                return value.Text.Length > 1 && value.Text.Contains('*', StringComparison.Ordinal)
                    ? Miss("wildcard-in-principal", $"`{value.Text}` has a wildcard, and a principal takes none but a lone `*`", "name the principals, or write `*` with a condition on `aws:PrincipalArn`")
                    : null;
            case Requester.Anonymous:
                return Miss("caller-anonymous", $"the request is not signed, and the policy wants `{value.Text}`", "sign the request");
            default:
                return null;
        }
    }

    private static string PrincipalKey(PrincipalType type) => type switch
    {
        PrincipalType.Aws or PrincipalType.Everyone => "AWS",
        _ => type.ToString(),
    };

    /// <summary>How the provider that a policy trusts is not the one that verified the token.</summary>
    private static (string Id, string Message, string Change) OfProvider(string wanted, string provider)
    {
        var change = $"write `{provider}`";
        var (trusted, verified) = (ProviderArn.Of(wanted), ProviderArn.Of(provider));
        if (!trusted.IsArn && wanted.TrimEnd('/').EndsWith(verified.Host, StringComparison.OrdinalIgnoreCase))
        {
            return ("provider-not-an-arn", $"the policy names the provider as `{wanted}`, not by its ARN", change);
        }

        if (trusted.Kind is "saml-provider")
        {
            return ("provider-of-saml", $"the policy trusts the SAML provider `{trusted.Host}`, the token was verified by the OIDC provider `{verified.Host}`", change);
        }

        if (trusted.Host != verified.Host)
        {
            return Slip.Of(trusted.Host, verified.Host) is { } slip
                ? ("provider-slip", $"the policy's provider `{trusted.Host}` {slip}, unlike the token's, `{verified.Host}`", change)
                : ("another-provider", $"the policy trusts the provider `{trusted.Host}`, the token comes from `{verified.Host}`", $"if that provider is meant, {change}");
        }

        return !verified.IsArn
                ? ("provider-built-in", $"the policy trusts `{wanted}`, which the account does not have: the built-in `{verified.Host}` verified the token", $"{change}, or create the provider")
            : trusted.Partition != verified.Partition
                ? ("provider-of-another-partition", $"the policy trusts the provider of partition `{trusted.Partition}`, the token was verified by the one of `{verified.Partition}`", change)
            : ("provider-of-another-account", $"the policy trusts the provider of account `{trusted.Account}`, the token was verified by the one of account `{verified.Account}`", change);
    }

    /// <summary>A provider's ARN in its fields; other text is a host alone.</summary>
    private sealed record ProviderArn(string Partition, string Account, string Kind, string Host)
    {
        public bool IsArn => Kind.Length > 0;

        public static ProviderArn Of(string text) => Arn.TryParse(text, out var arn) && arn.Resource.IndexOf('/') is > 0 and var slash
            ? new ProviderArn(arn.Partition.ToString(), arn.Account.ToString(), arn.Resource[..slash].ToString(), arn.Resource[(slash + 1)..].ToString())
            : new ProviderArn("", "", "", text);
    }

    private static NearMiss? OfAction(string action, Located<string> wanted)
    {
        NearMiss Miss(string id, string message, string change) => new(id, message, change, wanted.Span);
        const string webIdentity = "sts:AssumeRoleWithWebIdentity";
        if (action.Equals(webIdentity, StringComparison.OrdinalIgnoreCase) && wanted.Value.StartsWith("sts:AssumeRole", StringComparison.OrdinalIgnoreCase))
        {
            return Miss("action-of-another-call", $"the policy allows `{wanted.Value}`, but a caller with a token uses `{webIdentity}`", $"write `{webIdentity}`");
        }

        if (action is "sts:TagSession" or "sts:SetSourceIdentity" && wanted.Value.StartsWith("sts:AssumeRole", StringComparison.OrdinalIgnoreCase))
        {
            return Miss("action-beside-the-call", $"the call also needs `{action}`, and the policy allows only `{wanted.Value}`", $"add `{action}` to the statement's actions");
        }

        if (wanted.Value.Trim() != wanted.Value)
        {
            return Miss("surrounding-space", $"the action `{wanted.Value}` has white space around it and matches nothing", $"write `{wanted.Value.Trim()}`");
        }

        return wanted.Value.Length > 1 && !wanted.Value.Contains('*', StringComparison.Ordinal) && SameService(wanted.Value, action) && Suggest.Nearest(wanted.Value, [action]) is not null && OneEditApart(wanted.Value, action)
            ? Miss("misspelt", $"the policy's action `{wanted.Value}` is close to `{action}`, but another", $"if it is meant, write `{action}`")
            : null;
    }

    private static NearMiss? OfResource(string resource, Located<string> wanted)
    {
        NearMiss Miss(string id, string message, string change) => new(id, message, change, wanted.Span);
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        if (resource.StartsWith("arn:aws:s3:::", StringComparison.Ordinal) && slash > 0 && wanted.Value.TrimEnd('/') == resource[..slash])
        {
            return Miss("bucket-instead-of-objects", $"`{wanted.Value}` is the bucket, and the request is for an object in it", $"add `{wanted.Value.TrimEnd('/')}/*`");
        }

        if (resource.StartsWith("arn:aws:s3:::", StringComparison.Ordinal) && slash < 0 && wanted.Value.StartsWith(resource + "/", StringComparison.Ordinal))
        {
            return Miss("objects-instead-of-bucket", $"`{wanted.Value}` is objects of the bucket, and the request is for the bucket itself", $"add `{resource}`");
        }

        return wanted.Value.Equals(resource, StringComparison.OrdinalIgnoreCase)
            ? Miss("differs-in-case", $"the policy's `{wanted.Value}` and the request's `{resource}` differ only in case", $"write `{resource}`")
            : null;
    }

    /// <summary>Whether one character more, less or other makes the one the other; `Get` and `Put` are words of their own.</summary>
    private static bool OneEditApart(string a, string b)
    {
        var head = a.AsSpan().CommonPrefixLength(b);
        var shorter = Math.Min(a.Length, b.Length);
        var tail = 0;
        while (tail < shorter - head && char.ToUpperInvariant(a[^(tail + 1)]) == char.ToUpperInvariant(b[^(tail + 1)]))
        {
            tail++;
        }

        return Math.Max(a.Length, b.Length) - head - tail <= 1;
    }

    private static bool SameService(string a, string b) => a.Split(':')[0].Equals(b.Split(':')[0], StringComparison.OrdinalIgnoreCase);
}
