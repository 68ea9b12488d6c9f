using System.Collections.Immutable;
using Keyless.Server.Aws;

namespace Keyless.Server.Iam.OidcProviders;

/// <summary>What operations on OIDC providers share. IAM User Guide, "Create an OpenID Connect (OIDC) identity provider in IAM".</summary>
internal static class ProviderElements
{
    public const int MaxProviders = 100;
    public const int MaxClientIds = 100;
    public const int MaxThumbprints = 5;

    /// <summary>
    /// The issuer that a provider's URL stands for: as given, without <c>:443</c>. Upper case and a trailing slash stay, they make
    /// another issuer.
    /// </summary>
    public static string? Issuer(string url, IssuerPolicy policy, out AwsError? error)
    {
        error = null;
        if (url.Contains('?') || url.Contains('#'))
        {
            error = IamErrors.InvalidInput("Unknown") with
            {
                Reason = $"the issuer's URL `{url}` has a `{(url.Contains('?') ? '?' : '#')}`: an issuer has neither query nor fragment",
                Mend = $"write `{url.Split('?', '#')[0]}`",
            };
            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            || !IsScheme(parsed, policy)
            || !url.StartsWith(parsed.Scheme + "://", StringComparison.Ordinal)
            || parsed.UserInfo.Length > 0
            || url.Any(letter => letter is <= ' ' or >= '\u007f' or '\\'))
        {
            error = InvalidUrl(url, policy);
            return null;
        }

        var rest = url[(parsed.Scheme.Length + 3)..];
        var slash = rest.IndexOf('/');
        var host = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "" : rest[slash..];
        if (parsed.Scheme == "https" && host.EndsWith(":443", StringComparison.Ordinal))
        {
            host = host[..^":443".Length];
        }

        if (host.Contains(':') && policy != IssuerPolicy.Relaxed)
        {
            error = InvalidUrl(url, policy);
            return null;
        }

        return $"{parsed.Scheme}://{host}{path}";
    }

    public static AwsError? ThumbprintFault(int count, bool required) =>
        count > MaxThumbprints ? IamErrors.InvalidInput("Thumbprint list must contain fewer than 5 entries.") with
        {
            Reason = $"the request has {count} thumbprints, at most {MaxThumbprints} are allowed",
            Mend = $"leave out {count - MaxThumbprints}",
        }
        : required && count == 0 ? IamErrors.InvalidInput("Thumbprint list must contain at least one entry.") with
        {
            Reason = "the request has no thumbprint",
            Mend = "give one: the SHA-1 of the issuer's top certificate, 40 hexadecimal digits",
        }
        : null;

    public static AwsError TooManyClientIds(int count) =>
        new("LimitExceeded", 409, $"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {MaxClientIds}")
        {
            Reason = $"the provider would have {count} client ids, at most {MaxClientIds} are allowed",
            Mend = "leave some out",
        };

    /// <summary>The error for text that is no provider ARN at all; null for one.</summary>
    public static AwsError? ArnFault(string arn)
    {
        var parts = arn.Split(':', 6);
        return parts.Length == 6 && parts[0] == "arn" && parts[2] == "iam" && parts[5].StartsWith("oidc-provider/", StringComparison.Ordinal)
            ? null
            : IamErrors.InvalidInput($"Invalid ARN: {arn}") with { Reason = ArnForm.Provider.Problem(arn), Mend = ArnForm.Provider.Mend };
    }

    public static void WriteList(XmlOut xml, string element, ImmutableArray<string> values)
    {
        xml.Open(element);
        foreach (var value in values)
        {
            xml.Element("member", value);
        }

        xml.Close(element);
    }

    private static bool IsScheme(Uri url, IssuerPolicy policy) =>
        url.Scheme == "https" || (policy == IssuerPolicy.Relaxed && url.Scheme == "http" && url.IsLoopback);

    private static AwsError InvalidUrl(string url, IssuerPolicy policy) => CommonErrors.ValidationError("Invalid Open ID Connect Provider URL") with
    {
        Reason = policy == IssuerPolicy.Relaxed
            ? $"`{url}` must begin with https://, or with http:// for a loopback host, and have no user"
            : $"`{url}` must begin with https:// and have neither port nor user",
        Mend = policy == IssuerPolicy.Relaxed ? "write the issuer's URL as its tokens have it in `iss`"
            : "write the issuer's URL as its tokens have it in `iss`; `keyless serve --issuer-policy relaxed` also takes ports, and http on loopback",
    };
}
