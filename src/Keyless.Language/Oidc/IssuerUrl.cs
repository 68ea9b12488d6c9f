namespace Keyless.Language.Oidc;

/// <summary>The issuer's address by kind of GitHub installation; never with a trailing slash.</summary>
public static class IssuerUrl
{
    public const string GitHub = "https://token.actions.githubusercontent.com";

    /// <summary>github.com with an enterprise that switched its own issuer on.</summary>
    public static string OfEnterprise(string slug) => $"{GitHub}/{slug}";

    /// <summary>GHE.com, GitHub with data residency.</summary>
    public static string OfSubdomain(string subdomain, bool unique) =>
        unique ? $"https://token.actions.{subdomain}.ghe.com/{subdomain}" : $"https://token.actions.{subdomain}.ghe.com";

    /// <summary>GitHub Enterprise Server.</summary>
    public static string OfEnterpriseServer(string host) => $"https://{host}/_services/token";

    /// <summary>Whether it is GitHub's issuer, on github.com or GHE.com.</summary>
    public static bool IsGitHub(string issuer) => ProviderClaims.IsGitHub(WithoutScheme(issuer));

    /// <summary>The issuer as provider ARNs and condition keys write it: without its scheme.</summary>
    public static string WithoutScheme(string issuer)
    {
        var colon = issuer.IndexOf("://", StringComparison.Ordinal);
        return colon < 0 ? issuer : issuer[(colon + 3)..];
    }
}
