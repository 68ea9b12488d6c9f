using Keyless.Language.Oidc;

namespace Keyless.Language.Policy.Lint.Knowledge;

/// <summary>A condition key that stands for a claim of an identity provider's token: <c>host/path:claim</c>.</summary>
internal sealed record ProviderKey(string Provider, string Claim)
{
    public const string GitHubHost = "token.actions.githubusercontent.com";

    /// <summary>GitHub's own provider, on github.com or GHE.com, with or without an enterprise's path.</summary>
    public bool IsGitHub => ProviderClaims.IsGitHub(Provider.ToLowerInvariant());

    /// <summary>Null for keys of services such as <c>aws:SourceIp</c>: a provider is a host, and hosts have dots.</summary>
    public static ProviderKey? Parse(string key)
    {
        var colon = key.LastIndexOf(':');
        if (colon <= 0)
        {
            return null;
        }

        var provider = key[..colon];
        return provider.Contains('.', StringComparison.Ordinal) || provider.Contains("//", StringComparison.Ordinal) ? new ProviderKey(provider, key[(colon + 1)..]) : null;
    }
}
